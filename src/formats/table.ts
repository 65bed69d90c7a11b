/**
 * The formats: one row each. The help of `export` and `import`, the UI's prompt, the choice of a format by a
 * file's name and the table in docs/formats.md are made from these rows; `formats.ts` has the code for each.
 */

/** One format. A direction that is absent is not supported. */
export interface Format {
  /** What it is, in a few words. */
  readonly about: string;
  /** How its files' names end, with the dot; the first is the usual one. Empty for logs, which have any name. */
  readonly endings: readonly string[];
  readonly content: 'text' | 'binary' | 'recording';
  /** What `export` makes of a recording. */
  readonly export?: string;
  /** What `import` gets out of a file. */
  readonly import?: string;
  /** Holds no messages, only the recording's path. */
  readonly isReference?: true;
}

/** In the order of the help. */
export const formats = {
  qmptap: {
    about: 'a recording',
    endings: ['.qmptap'],
    content: 'recording',
    export: 'one consistent file, whole or only what the filter chooses; also of a live recording',
  },
  jsonl: {
    about: 'one JSON object a line',
    endings: ['.jsonl'],
    content: 'text',
    export: 'lossless, with marks and notes',
    import: 'exactly what was exported',
  },
  html: {
    about: 'one page for a bug report',
    endings: ['.html'],
    content: 'text',
    export: 'lossless; shows the recording in a browser, without a network',
    import: 'exactly what was exported',
  },
  text: {
    about: "-> and <- as in QEMU's documents",
    endings: ['.txt'],
    content: 'text',
    export: 'for reading and quoting',
    import:
      'messages in any text: pasted sessions, socat -v and -x, avocado-vt, the screen of qmp-shell, virsh',
  },
  replies: {
    about: "libvirt's tests/qemucapabilitiesdata/*.replies",
    endings: ['.replies'],
    content: 'text',
    export: 'commands and their responses, no events',
    import: 'commands and responses, without times; the greeting is made up',
  },
  pcapng: {
    about: 'for Wireshark',
    endings: ['.pcapng'],
    content: 'binary',
    export: 'each message a packet, with the JSON dissector',
    import:
      'also pcap: monitors and agents on TCP, put together from their packets; exactly what was exported',
  },
  vitest: {
    about: 'a test for vitest',
    endings: ['.test.ts'],
    content: 'text',
    export: 'replays the recording, which it names',
    isReference: true,
  },
  pytest: {
    about: 'a test for pytest',
    endings: ['_test.py'],
    content: 'text',
    export: 'replays the recording, which it names',
    isReference: true,
  },
  'libvirt-log': {
    about: "libvirt's debug log",
    endings: [],
    content: 'text',
    import: 'every monitor and guest agent in it; also from journald, syslog or KubeVirt, copied or searched',
  },
  'qemu-trace': {
    about: "QEMU's trace log",
    endings: [],
    content: 'text',
    import: "of -trace 'monitor_qmp_*' -trace handle_qmp_command",
  },
  'incus-log': {
    about: "Incus' qemu.qmp.log",
    endings: [],
    content: 'text',
    import: 'commands, responses and events, to the second',
  },
  strace: {
    about: 'the output of strace',
    endings: [],
    content: 'text',
    import: 'what a client or a server read and wrote; with -f, and -s 1000000 for whole messages',
  },
  systemtap: {
    about: "the output of libvirt's qemu-monitor.stp",
    endings: [],
    content: 'text',
    import: "messages, timed from the script's start",
  },
  'qmp-shell': {
    about: 'what qmp-shell -l writes',
    endings: [],
    content: 'text',
    import: 'commands and responses, without times',
  },
} as const satisfies Record<string, Format>;

export type FormatName = keyof typeof formats;

type With<Direction extends 'export' | 'import'> = {
  [Name in FormatName]: (typeof formats)[Name] extends Record<Direction, string> ? Name : never;
}[FormatName];

export type ExportFormatName = With<'export'>;
export type ImportFormatName = With<'import'>;

const rows = Object.entries(formats) as [FormatName, Format][];

export const exportNames = rows
  .filter(([, format]) => format.export !== undefined)
  .map(([name]) => name as ExportFormatName);

export const importNames = rows
  .filter(([, format]) => format.import !== undefined)
  .map(([name]) => name as ImportFormatName);

/** How the names of exported files can end. */
export const exportEndings = exportNames.flatMap((name) => [...formats[name].endings]);

/** Those that the UI exports what is shown in: a recording is not made of what is on a screen. */
export const shownEndings = exportEndings.filter((ending) => ending !== formats.qmptap.endings[0]);

/** The format to export in, chosen by the new file's name; undefined if the name tells none. */
export function exportFormatOf(path: string): ExportFormatName | undefined {
  return exportNames.find((name) => formats[name].endings.some((ending) => path.endsWith(ending)));
}
