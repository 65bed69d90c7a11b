import { describe, expect, test } from 'vitest';
import type { Exporter } from '../../src/formats/export.js';
import { exportHtml } from '../../src/formats/page/html.js';
import { exportPcapng } from '../../src/formats/pcapng.js';
import { MemoryRecording } from '../../src/recording/memory.js';
import { exportReplies } from '../../src/formats/script/replies.js';
import { exportText } from '../../src/formats/script/transcript.js';
import { exported } from '../support/exported.js';
import { imported } from '../support/imported.js';
import { greeting, recorded } from '../support/recorded.js';

const conversation = [
  `<- ${greeting}`,
  '-> {"execute":"qmp_capabilities","id":"libvirt-1"}',
  '<- {"return": {}, "id": "libvirt-1"}',
  '-> {"execute":"query-version","id":"libvirt-2"}',
  '<- {"return": {"qemu": {"micro": 22, "minor": 2, "major": 7}, "package": ""}, "id": "libvirt-2"}',
  '<- {"timestamp": {"seconds": 1, "microseconds": 2}, "event": "STOP"}',
  '-> {"execute":"x","arguments":{"b":[],"a":{},"n":1.0,"big":9223372036853727232},"id":"libvirt-3"}',
  '<- {"id": "libvirt-3", "error": {"class": "CommandNotFound", "desc": "caf\\u00E9"}}',
];

describe('text', () => {
  test('is the notation of the documents', () => {
    const script = ['-> {"execute":\n\t"stop"}', '<- {"return": {}}', '<- {"return": {"a": "\x7f"}}'];
    expect(exported(recorded(script), exportText).text).toBe(
      [
        '# session 1, QMP, 2026-11-20T09:12:29.000000Z',
        '# unix:/c -> unix:/s',
        '',
        '-> {"execute":',
        '   \t"stop"}',
        '<- {"return": {}}',
        '# answers no command',
        '<- {"return": {"a": "\\u007f"}}',
        '',
      ].join('\n'),
    );
  });

  test('moves no cursor', () => {
    const { text } = exported(recorded(['-> \x1b[2J\x07\xff{"execute":"\x1b"}']), exportText);
    expect(text).toMatch(/^[\n -~]*$/);
  });

  test('moves no cursor by the controls beyond ASCII, and turns no text', () => {
    const script = ['-> {"execute":"\xc2\x9b2J\xe2\x80\xae\x7f"}', '<- {"return": {"\xc2\x9b": "\xc3\xa9"}}'];
    for (const exporter of [exportText, exportReplies]) {
      const { text } = exported(recorded(script), exporter);
      expect(text).toContain('\\u009b2J\\u202e\\u007f');
      expect(text).not.toMatch(/[\x7f-\x9f\u202e]/);
      expect(text).toContain('é');
    }
  });

  test('can be imported', () => {
    const { recording, skipped, format } = imported(
      exported(recorded(conversation, conversation), exportText).bytes,
    );
    expect(format).toBe('text');
    expect(skipped).toEqual([]);
    expect(recording.sessions().map(({ messages }) => messages)).toEqual([8, 8]);
  });
});

describe('replies', () => {
  test('are laid out as libvirt lays them out', () => {
    const { text, omitted } = exported(recorded(conversation), exportReplies);
    expect(text).toBe(`{
  "execute": "qmp_capabilities",
  "id": "libvirt-1"
}

{
  "return": {},
  "id": "libvirt-1"
}

{
  "execute": "query-version",
  "id": "libvirt-2"
}

{
  "return": {
    "qemu": {
      "micro": 22,
      "minor": 2,
      "major": 7
    },
    "package": ""
  },
  "id": "libvirt-2"
}

{
  "execute": "x",
  "arguments": {
    "b": [],
    "a": {},
    "n": 1.0,
    "big": 9223372036853727232
  },
  "id": "libvirt-3"
}

{
  "id": "libvirt-3",
  "error": {
    "class": "CommandNotFound",
    "desc": "café"
  }
}
`);
    expect(omitted).toEqual(['1 event']);
  });

  test('alternate even where the conversation does not', () => {
    const { text, omitted } = exported(
      recorded([
        '-> {"execute":"a","id":1}',
        '-> {"execute":"b","id":2}',
        '-> {"execute":"c","id":3}',
        '<- {"return": "c", "id": 3}',
        '<- {"return": "a", "id": 1}',
      ]),
      exportReplies,
    );
    const blocks = text
      .trimEnd()
      .split('\n\n')
      .map((block) => JSON.parse(block) as { id: number });
    expect(blocks.map(({ id }) => id)).toEqual([1, 1, 3, 3]);
    expect(omitted).toEqual(['a command without response: session 1 #2']);
  });

  test('are imported with the bytes that were recorded', () => {
    const original = recorded(conversation.filter((line) => !line.includes('event')));
    const { recording, skipped, format } = imported(exported(original, exportReplies).bytes);
    expect(format).toBe('replies');
    expect(skipped).toEqual([]);
    const bytes = (of: typeof original): string[] =>
      Array.from(of.messages(), ({ raw }) => Buffer.from(raw).toString());
    expect(bytes(recording)).toEqual(bytes(original));
  });

  test('with a missing half are imported but for that', () => {
    const { text } = exported(recorded(conversation), exportReplies);
    const blocks = text.trimEnd().split('\n\n');
    const { recording, skipped } = imported(
      [...blocks.slice(0, 3), ...blocks.slice(4), blocks[1]].join('\n\n'),
    );
    expect(skipped).toEqual([
      '14: query-version has no response',
      '38: a response without the command before it',
    ]);
    expect(Array.from(recording.messages(), ({ kind }) => kind)).toEqual([
      'command',
      'success',
      'command',
      'command',
      'error',
    ]);
  });
});

describe('pcapng', () => {
  test('is made of whole blocks', () => {
    const recording = recorded(conversation, [`-> {"execute":"${'x'.repeat(300_000)}"}`]);
    const { bytes, omitted } = exported(recording, exportPcapng);
    const types: number[] = [];
    for (let at = 0; at < bytes.length; at += bytes.readUInt32LE(at + 4)) {
      types.push(bytes.readUInt32LE(at));
      const length = bytes.readUInt32LE(at + 4);
      expect(length % 4).toBe(0);
      expect(bytes.readUInt32LE(at + length - 4)).toBe(length);
    }
    expect(types).toEqual([0x0a0d0d0a, 1, ...Array<number>(8).fill(6), 1, 6]);
    expect(omitted).toEqual(['the end of 1 message of more than 256 KiB, which Wireshark would not open']);
  });

  test('says no more of a session than fits', () => {
    const recording = new MemoryRecording();
    const peer = { address: `unix:/${'a'.repeat(70_000)}` };
    recording.openSession(1, {
      label: 'l'.repeat(70_000),
      dialect: 'qmp',
      client: peer,
      server: peer,
      started: 0,
    });
    const { bytes } = exported(recording, exportPcapng);
    const block = bytes.readUInt32LE(4);
    expect(bytes.readUInt32LE(block)).toBe(1);
    const codes: number[] = [];
    for (
      let at = block + 16;
      at < bytes.length - 4;
      at += 4 + Math.ceil(bytes.readUInt16LE(at + 2) / 4) * 4
    ) {
      codes.push(bytes.readUInt16LE(at));
    }
    expect(codes).toEqual([2, 3, 9, 0]);
  });
});

test('marks are told in every format that has a place for them', () => {
  const recording = recorded(conversation);
  const marks = [{ session: 1, seq: 6, note: 'here it \x1b stops' }];
  const told = (exporter: Exporter): string => exported(recording, exporter, { marks }).text;
  expect(told(exportText)).toContain('# marked: here it \\u001b stops\n<- {"timestamp"');
  expect(told(exportPcapng)).toContain('marked: here it \\u001b stops');
  expect(told(exportHtml)).toContain('{"type":"mark","session":1,"seq":6,"note":"here it \\u001b stops"}');
  expect(exported(recording, exportReplies, { marks }).omitted).toEqual(['1 mark', '1 event']);
});
