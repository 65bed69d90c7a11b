/** The formats by name: what each is for, how it is written, how it is read, how it is recognised. */
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

/** A format that can be written. */
export interface ExportFormat {
  readonly help: string;
  /** The file's usual ending, with its dot. */
  readonly suffix: string;
  readonly exporter: Exporter;
}

export const exportFormats = {
  jsonl: { help: 'one JSON object a line, lossless', suffix: '.jsonl', exporter: exportJsonl },
  text: { help: "-> and <- as in QEMU's documents", suffix: '.txt', exporter: exportText },
  html: { help: 'one page for a bug report', suffix: '.html', exporter: exportHtml },
  replies: { help: "the layout of libvirt's *.replies", suffix: '.replies', exporter: exportReplies },
  pcapng: { help: 'for Wireshark', suffix: '.pcapng', exporter: exportPcapng },
  vitest: { help: 'a test that replays the recording', suffix: '.test.ts', exporter: exportVitest },
  pytest: { help: 'a test that replays the recording', suffix: '_test.py', exporter: exportPytest },
} as const satisfies Record<string, ExportFormat>;

/** A format that can be read. */
export interface ImportFormat {
  readonly help: string;
  readonly importer: (target: ImportTarget) => Importer;
  /** Whether a file that begins with these lines is one. */
  readonly recognises: (lines: readonly string[]) => boolean;
}

/** In the order in which they are tried: what tells itself apart by a line comes before what does not. */
export const importFormats = {
  jsonl: {
    help: 'what `export --format jsonl` writes',
    importer: (target) => new JsonlImporter(target),
    recognises: some(/^\s*\{\s*"type"\s*:\s*"(?:recording|session|message)"/),
  },
  html: {
    help: 'what `export --format html` writes',
    importer: (target) => new HtmlImporter(target),
    recognises: (lines) => lines[0] === '<!doctype html>' && lines.includes('<title>qmptap</title>'),
  },
  'libvirt-log': {
    help: "libvirt's debug log, also from journald, syslog or KubeVirt",
    importer: (target) => new LibvirtLogImporter(target),
    recognises: (lines) => lines.some((line) => parseLogLine(line.replace(/\r$/, ''), '1970') !== undefined),
  },
  'qemu-trace': {
    help: "QEMU's own trace log, with monitor_qmp_* and handle_qmp_command",
    importer: (target) => new QemuTraceImporter(target),
    recognises: some(/^(?:\d+@\d+\.\d{6}:)?(?:handle_qmp_command|monitor_qmp_\w+) /),
  },
  'incus-log': {
    help: "Incus' qemu.qmp.log",
    importer: (target) => new IncusLogImporter(target),
    recognises: some(/^\[\d{4}-\d\d-\d\dT[^\]]+\] (?:QUERY|REPLY|EVENT): /),
  },
  systemtap: {
    help: "the output of libvirt's qemu-monitor.stp",
    importer: (target) => new SystemtapImporter(target),
    recognises: some(/^ *\d+\.\d{3} (?:begin$|[<>!] 0x[0-9a-f]+ )/),
  },
  text: {
    help: "-> and <- as in QEMU's documents",
    importer: (target) => new TranscriptImporter(target),
    recognises: some(/^\s*(?:->|<-)\s*\{/),
  },
  'qmp-shell': {
    help: 'what qmp-shell -l writes',
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
    help: "libvirt's *.replies",
    importer: (target) => new RepliesImporter(target),
    recognises: (lines) =>
      /^\s*\{\s*"(?:execute|return|error|id|arguments|exec-oob)"\s*:/.test(firstObject(lines)),
  },
} as const satisfies Record<string, ImportFormat>;

export type ImportFormatName = keyof typeof importFormats;
export type ExportFormatName = keyof typeof exportFormats;

/** The format of a file, told from its first lines (binary strings); undefined if it is none of these. */
export function recogniseFormat(lines: readonly string[]): ImportFormatName | undefined {
  if (lines.some((line) => line.includes('\0'))) return undefined; // no text
  for (const [name, format] of Object.entries(importFormats)) {
    if (format.recognises(lines)) return name as ImportFormatName;
  }
  return undefined;
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
