/** The code of each format in `table.ts`: how it is written, and how it is read. */
import { CaptureImporter } from './capture/capture-import.js';
import type { Exporter } from './export.js';
import type { Importer, ImportTarget } from './import.js';
import { exportJsonl } from './jsonl/jsonl-export.js';
import { JsonlImporter } from './jsonl/jsonl-import.js';
import { LibvirtLogImporter } from './logs/libvirt-log.js';
import { QemuTraceImporter } from './logs/qemu-trace-log.js';
import { QmpShellReader } from './logs/qmp-shell-log.js';
import { StraceImporter } from './logs/strace-log.js';
import { SystemtapImporter } from './logs/systemtap-log.js';
import { HtmlImporter } from './page/html-import.js';
import { exportHtml } from './page/html.js';
import { exportPcapng } from './pcapng.js';
import { RepliesReader } from './script/replies-import.js';
import { exportReplies } from './script/replies.js';
import { exportPytest, exportVitest } from './script/test-files.js';
import { exportText } from './script/transcript.js';
import { ValueStream } from './script/value-stream.js';
import type { ExportFormatName, ImportFormatName } from './table.js';
import { MessagesImporter } from './talk/messages-import.js';

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

export const importers: Readonly<Record<ImportFormatName, (target: ImportTarget) => Importer>> = {
  jsonl: (target) => new JsonlImporter(target),
  html: (target) => new HtmlImporter(target),
  text: (target) => new MessagesImporter(target),
  replies: (target) => new ValueStream(target, new RepliesReader(target)),
  pcapng: (target) => new CaptureImporter(target),
  'libvirt-log': (target) => new LibvirtLogImporter(target),
  'qemu-trace': (target) => new QemuTraceImporter(target),
  'incus-log': (target) => new MessagesImporter(target),
  strace: (target) => new StraceImporter(target),
  systemtap: (target) => new SystemtapImporter(target),
  'qmp-shell': (target) => new ValueStream(target, new QmpShellReader(target)),
};
