/** The code of each format in `table.ts`: how it is written, how it is read, how it is recognised. */
import type { Exporter } from './export.js';
import type { Importer, ImportTarget } from './import.js';
import { HtmlImporter } from './page/html-import.js';
import { IncusLogImporter } from './logs/incus-log.js';
import { JsonlImporter } from './jsonl/jsonl-import.js';
import { LibvirtLogImporter } from './logs/libvirt-log.js';
import { QemuTraceImporter } from './logs/qemu-trace-log.js';
import { QmpShellImporter } from './logs/qmp-shell-log.js';
import { RepliesImporter } from './script/replies-import.js';
import { SystemtapImporter } from './logs/systemtap-log.js';
import { TranscriptImporter } from './script/transcript-import.js';
import { parseLogLine } from './logs/log-line.js';
import { exportHtml } from './page/html.js';
import { exportJsonl } from './jsonl/jsonl-export.js';
import { exportPcapng } from './pcapng.js';
import { exportReplies } from './script/replies.js';
import { exportPytest, exportVitest } from './script/test-files.js';
import { exportText } from './script/transcript.js';
import { type ExportFormatName, type ImportFormatName, importNames } from './table.js';

/** A format whose export is a file of text or bytes; a recording is written by the store. */
export type FileFormatName = Exclude<ExportFormatName, 'qmptap'>;

export const exporters: Readonly<Record<FileFormatName, Exporter>> = {
  jsonl: exportJsonl,
  html: exportHtml,
  text: exportText,
  replies: exportReplies,
  pcapng: exportPcapng,
  vitest: exportVitest,
  pytest: exportPytest,
};

/** How a format is read. */
interface ImportCode {
  readonly importer: (target: ImportTarget) => Importer;
  /** Whether a file that begins with these lines is one. */
  readonly recognises: (lines: readonly string[]) => boolean;
}

export const importers: Readonly<Record<ImportFormatName, ImportCode>> = {
  jsonl: {
    importer: (target) => new JsonlImporter(target),
    recognises: some(/^\s*\{\s*"type"\s*:\s*"(?:recording|session|message)"/),
  },
  html: {
    importer: (target) => new HtmlImporter(target),
    recognises: (lines) => lines[0] === '<!doctype html>' && lines.includes('<title>qmptap</title>'),
  },
  'libvirt-log': {
    importer: (target) => new LibvirtLogImporter(target),
    recognises: (lines) => lines.some((line) => parseLogLine(line.replace(/\r$/, ''), '1970') !== undefined),
  },
  'qemu-trace': {
    importer: (target) => new QemuTraceImporter(target),
    recognises: some(/^(?:\d+@\d+\.\d{6}:)?(?:handle_qmp_command|monitor_qmp_\w+) /),
  },
  'incus-log': {
    importer: (target) => new IncusLogImporter(target),
    recognises: some(/^\[\d{4}-\d\d-\d\dT[^\]]+\] (?:QUERY|REPLY|EVENT): /),
  },
  systemtap: {
    importer: (target) => new SystemtapImporter(target),
    recognises: some(/^ *\d+\.\d{3} (?:begin$|[<>!] 0x[0-9a-f]+ )/),
  },
  text: {
    importer: (target) => new TranscriptImporter(target),
    recognises: some(/^\s*(?:->|<-)\s*\{/),
  },
  'qmp-shell': {
    importer: (target) => new QmpShellImporter(target),
    recognises: (lines) => {
      const head = firstObject(lines);
      return (
        /"(?:execute|exec-oob)"\s*:/.test(head) &&
        /^[ \t]*"(?:return|error)"\s*:|[,{]\s*"(?:return|error)"\s*:/m.test(head)
      );
    },
  },
  replies: {
    importer: (target) => new RepliesImporter(target),
    recognises: (lines) =>
      /^\s*\{\s*"(?:execute|return|error|id|arguments|exec-oob)"\s*:/.test(firstObject(lines)),
  },
};

/** The order in which formats are tried: what shows itself in one line before what does not. */
const tried: readonly ImportFormatName[] = [
  ...importNames.filter((name) => name !== 'text' && name !== 'replies' && name !== 'qmp-shell'),
  'text',
  'qmp-shell',
  'replies',
];

/** The format of a file, told from its first lines (binary strings); undefined if it is none of these. */
export function recogniseFormat(lines: readonly string[]): ImportFormatName | undefined {
  if (lines.some((line) => line.includes('\0'))) return undefined; // no text
  return tried.find((name) => importers[name].recognises(lines));
}

function some(pattern: RegExp): (lines: readonly string[]) => boolean {
  return (lines) => lines.some((line) => pattern.test(line.replace(/\r$/, '')));
}

/** What a file of JSON objects begins with: up to the first closing brace in the first column, or one line. */
function firstObject(lines: readonly string[]): string {
  const filled = lines.filter((line) => line.trim() !== '');
  if (filled[0]?.startsWith('{') !== true) return '';
  const end = filled.findIndex((line) => line.startsWith('}') || /^\{.*\}\s*$/.test(line));
  return filled.slice(0, end < 0 ? undefined : end + 1).join('\n');
}
