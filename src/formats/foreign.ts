/** Files that are no log of QMP, though people try: what they are, and how to get what can be imported. */
import type { ImportFormatName } from './table.js';

interface Foreign {
  /** What it is, and what to do. */
  readonly says: string;
  readonly is: (lines: readonly string[]) => boolean;
}

const traceHint = "start QEMU with -trace 'monitor_qmp_*' -trace handle_qmp_command -msg timestamp=on";
const filterHint =
  'set log_filters="1:qemu 3:*" and log_outputs="1:file:/var/log/libvirt/libvirtd.log" in libvirtd.conf or virtqemud.conf, restart it and try again';

const first =
  (pattern: RegExp): Foreign['is'] =>
  (lines) =>
    pattern.test(lines[0] ?? '');

const foreign: readonly Foreign[] = [
  {
    says: 'it is a recording already, or another database; see `qmptap show`',
    is: first(/^SQLite format 3\0/),
  },
  {
    says: 'it is a tar archive; unpack it first',
    is: (lines) => lines.join('\n').slice(257, 262) === 'ustar',
  },
  { says: 'it is a zip archive; unpack it first', is: first(/^PK\x03\x04/) },
  {
    says: 'it is a HAR file, a recording of HTTP, which holds no QMP',
    is: (lines) => /^\s*\{\s*"log"\s*:\s*\{\s*"(?:version|creator)"/.test(lines.slice(0, 5).join('\n')),
  },
  {
    says: "it is a dump of mitmproxy's; write the TCP messages with `mitmdump -nr FILE --set dumper_filter=~tcp` and import its output",
    is: first(/^\d+:\d+:version;|^\d+:.{0,40}mitmproxy/),
  },
  {
    says: `it is the log that libvirt keeps of a VM, with QEMU's arguments and its own messages but no QMP; ${traceHint}, or ${filterHint}`,
    is: (lines) =>
      lines.some((line) =>
        /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d+\+\d{4}: (?:starting up|shutting down)/.test(line),
      ) && !lines.some((line) => line.includes('QEMU_MONITOR_')),
  },
];

/** What a file that was not recognised is, with what to do; undefined if that is not known either. */
export function foreignFile(lines: readonly string[]): string | undefined {
  return foreign.find(({ is }) => is(lines))?.says;
}

const nothing: Partial<Record<ImportFormatName, string>> = {
  'libvirt-log': `it is a log of libvirt's, but nothing of its monitors is in it; ${filterHint}`,
  pcapng:
    'it is a capture of packets, but no monitor is in it that talks QMP over TCP without TLS; a monitor on a unix socket is not captured: record it with `qmptap attach`',
  'qemu-trace': `it is a trace of QEMU's, but no message is in it; ${traceHint}`,
};

/** Why a file of a known format gave no session. */
export function nothingIn(format: ImportFormatName): string {
  return nothing[format] ?? `nothing in it could be imported as ${format}`;
}
