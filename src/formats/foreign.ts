/** Files that are no log of QMP, though people try: what they are, and how to get what can be imported. */
import type { ErrorAccount } from '../errors.js';
import type { ImportFormatName } from './table.js';

interface Foreign extends ErrorAccount {
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
    reason: 'it is a recording already, or another database',
    remedy: 'see `qmptap show`',
    is: first(/^SQLite format 3\0/),
  },
  {
    reason: 'it is a tar archive',
    remedy: 'unpack it first',
    is: (lines) => lines.join('\n').slice(257, 262) === 'ustar',
  },
  { reason: 'it is a zip archive', remedy: 'unpack it first', is: first(/^PK\x03\x04/) },
  {
    reason: 'it is a HAR file, a recording of HTTP, which holds no QMP',
    is: (lines) => /^\s*\{\s*"log"\s*:\s*\{\s*"(?:version|creator)"/.test(lines.slice(0, 5).join('\n')),
  },
  {
    reason: "it is a dump of mitmproxy's",
    remedy: 'write the TCP messages with `mitmdump -nr FILE --set dumper_filter=~tcp` and import its output',
    is: first(/^\d+:\d+:version;|^\d+:.{0,40}mitmproxy/),
  },
  {
    reason: "it is the log that libvirt keeps of a VM, with QEMU's arguments and its own messages but no QMP",
    remedy: `${traceHint}, or ${filterHint}`,
    is: (lines) =>
      lines.some((line) =>
        /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d+\+\d{4}: (?:starting up|shutting down)/.test(line),
      ) && !lines.some((line) => line.includes('QEMU_MONITOR_')),
  },
];

/** What a file that was not recognised is, with what to do; undefined if that is not known either. */
export function foreignFile(lines: readonly string[]): ErrorAccount | undefined {
  const found = foreign.find(({ is }) => is(lines));
  return found && { reason: found.reason, remedy: found.remedy };
}

const nothing: Partial<Record<ImportFormatName, ErrorAccount>> = {
  'libvirt-log': {
    reason: "it is a log of libvirt's, but nothing of its monitors is in it",
    remedy: filterHint,
  },
  pcapng: {
    reason: 'it is a capture of packets, but no monitor is in it that talks QMP over TCP without TLS',
    remedy: 'a monitor on a unix socket is not captured: record it with `qmptap attach`',
  },
  'qemu-trace': { reason: "it is a trace of QEMU's, but no message is in it", remedy: traceHint },
};

/** Why a file of a known format gave no session. */
export function nothingIn(format: ImportFormatName): ErrorAccount {
  return nothing[format] ?? { reason: `nothing in it could be imported as ${format}` };
}
