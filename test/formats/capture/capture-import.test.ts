import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  captureOf,
  connection,
  type Form,
  links,
  plainForm,
  type TestSegment,
} from '../../support/capture.js';
import { imported, type Imported } from '../../support/imported.js';

const talk = [
  ['server', '{"QMP": {"version": {}, "capabilities": []}}\r\n'],
  ['client', '{"execute":"qmp_capabilities"}\n{"execute":"query-version","id":1}'],
  ['server', '{"return": {}}\r\n{"return": {"package": "v7{\\"é"}, "id": 1}\r\n'],
  ['server', `{"event": "STOP", "timestamp": {"seconds": 1, "microseconds": 2}}\r\n`],
] as const;

const expected = [
  '<- {"QMP": {"version": {}, "capabilities": []}}',
  '-> {"execute":"qmp_capabilities"}',
  '-> {"execute":"query-version","id":1}',
  '<- {"return": {}}',
  '<- {"return": {"package": "v7{\\"é"}, "id": 1}',
  '<- {"event": "STOP", "timestamp": {"seconds": 1, "microseconds": 2}}',
];

const segments = connection(talk, { size: 20 });

function messages({ recording }: Imported): string[] {
  return Array.from(
    recording.messages(),
    ({ dir, raw }) => `${dir === 'c2s' ? '->' : '<-'} ${Buffer.from(raw).toString('latin1').trim()}`,
  );
}

const forms: Form[] = (['pcap', 'pcapng'] as const).flatMap((file) =>
  links.flatMap((link) =>
    ([4, 6] as const)
      .filter((ip) => link !== (ip === 4 ? 'ipv6' : 'ipv4'))
      .flatMap((ip) =>
        [true, false].flatMap((isLittle) =>
          [true, false].map((isNano) => ({ file, link, ip, isLittle, isNano })),
        ),
      ),
  ),
);

describe('a conversation over TCP', () => {
  test.each(forms)('$file, $link, IPv$ip, little-endian: $isLittle, nanoseconds: $isNano', (form) => {
    const result = imported(captureOf(segments, form));
    expect(result).toMatchObject({ format: 'pcapng', skipped: [] });
    expect(messages(result)).toEqual(expected);
    const [session] = result.recording.sessions();
    expect(session).toMatchObject({
      started: 1_795_165_200_004_000,
      end: 'client-closed',
      server: { address: form.ip === 4 ? '10.0.0.1:4444' : '[fd00::1]:4444' },
    });
  });

  test('each byte is as it was, white space and 0xFF included', () => {
    const sent =
      '\xff\n{"execute":"guest-sync-delimited","arguments":{"id":1}}\n  x\n{"execute":"guest-ping"}';
    const said = connection(
      [
        ['client', sent],
        ['server', '\xff{"return": 1}\n'],
      ],
      { size: 7 },
    );
    const { recording } = imported(captureOf(said));
    const bytes = (dir: string): string =>
      Array.from(recording.messages())
        .filter((message) => message.dir === dir)
        .map(({ raw }) => Buffer.from(raw).toString('latin1'))
        .join('');
    expect(bytes('c2s')).toBe(sent);
    expect(bytes('s2c')).toBe('\xff{"return": 1}\n');
    expect(recording.sessions()[0]?.dialect).toBe('qga');
  });

  test('cut anyhow, sent twice and out of order it is the same', () => {
    const way = fc.record({
      size: fc.integer({ min: 1, max: 200 }),
      again: fc.array(fc.nat(60), { maxLength: 10 }),
      /** Two neighbours of one side change places. */
      swapped: fc.array(fc.nat(60), { maxLength: 10 }),
      start: fc.integer({ min: 0, max: 0xffff_ffff }),
    });
    fc.assert(
      fc.property(way, ({ size, again, swapped, start }) => {
        const sent: TestSegment[] = connection(talk, {
          size,
          start: { client: start, server: start ^ 0x5555 },
        });
        for (const at of swapped) {
          const [one, two] = [sent[at], sent[at + 1]];
          const isData = one?.data !== undefined && two?.data !== undefined && one.from === two.from;
          if (isData) [sent[at], sent[at + 1]] = [two, one];
        }
        const twice = sent.flatMap((one, at) => (again.includes(at) ? [one, one] : [one]));
        const late = twice.map((one, at) => ({ ...one, micros: 1_795_165_200_000_000 + at }));
        const result = imported(captureOf(late));
        expect(result.skipped).toEqual([]);
        expect(messages(result)).toEqual(expected);
      }),
      { numRuns: 300 },
    );
  });

  test('what the capture has missed is told, and the next message found', () => {
    for (const lost of segments.filter(({ data }) => data !== undefined)) {
      const result = imported(captureOf(segments.filter((one) => one !== lost)));
      const found = messages(result);
      // Of the greeting nothing may be left that shows whose it is.
      expect(result.skipped.join()).toMatch(/^(?:\d+: what a connection sent before this packet.*)?$/);
      expect(expected).toEqual(expect.arrayContaining(found.filter((one) => one !== '-> ')));
      expect(found.length).toBeGreaterThanOrEqual(expected.length - 2);
    }
    const middle = imported(captureOf(segments.filter((_, at) => at !== 9)));
    expect(middle.skipped).toHaveLength(1);
    expect(middle.recording.sessions()[0]?.endReason).toContain('packets are missing in the capture');
  });

  test('begun in the middle', () => {
    const result = imported(captureOf(segments.slice(3)));
    expect(messages(result)).toEqual(expected.slice(1));
    expect(result.skipped).toEqual([]);
  });

  test('two at a time, the same ports again, and other traffic', () => {
    const one = connection(talk, { size: 30, port: 1 });
    const two = connection(talk, { size: 50, port: 2 });
    const web = connection(
      [
        ['client', 'GET / HTTP/1.1\r\n\r\n{"a": 1}'],
        ['server', 'HTTP/1.1 200 OK'],
      ],
      { port: 3 },
    );
    const rpc = connection(
      [
        ['client', '{"jsonrpc": "2.0", "method": "x"}'],
        ['server', '{"return": {}}'],
      ],
      { port: 4 },
    );
    const woven = Array.from({ length: 60 }, (_, at) => [one[at], two[at], web[at], rpc[at]])
      .flat()
      .filter((segment) => segment !== undefined);
    const result = imported(captureOf([...woven, ...connection(talk, { port: 1 })]));
    expect(result.skipped).toEqual([]);
    expect(result.recording.sessions().map(({ messages: count }) => count)).toEqual([6, 6, 6]);
  });

  test('a reset, and an end without one', () => {
    const reset: TestSegment = { from: 'server', seq: 0, flags: 'R' };
    const ends = [[...segments.slice(0, -2), reset], segments.slice(0, -2)].map((sent) => {
      const [session] = imported(captureOf(sent)).recording.sessions();
      return [session?.end, session?.endReason];
    });
    expect(ends).toEqual([
      ['server-reset', undefined],
      ['cut-off', 'the capture ends here'],
    ]);
  });
});

describe('what cannot be read', () => {
  test('packets that are cut, by their number', () => {
    const sent = segments.map((one) => ({ ...one, captured: 60 }));
    expect(imported(captureOf(sent)).skipped.every((one) => /what a connection sent/.test(one))).toBe(true);
  });

  test('a link that is not known', () => {
    const file = captureOf(segments, { ...plainForm, file: 'pcap' });
    file.writeUInt32LE(127, 20);
    expect(imported(file).skipped[0]).toBe(
      '1: a packet of link type 127; Ethernet, Linux cooked, loopback and raw IP are read',
    );
  });

  test.each(['pcap', 'pcapng'] as const)('%s that ends in a packet', (file) => {
    const whole = captureOf(segments, { ...plainForm, file });
    const result = imported(whole.subarray(0, -5), 'pcapng');
    expect(result.skipped).toEqual([
      `${segments.length}: the capture ends inside of a packet, and all that follows`,
    ]);
    expect(messages(result)).toEqual(expected);
  });

  test('any bytes, and any change to a capture, end without an error', () => {
    const base = fc.constantFrom(...forms).map((form) => captureOf(segments, form));
    const changes = fc.array(fc.tuple(fc.nat(3000), fc.integer({ min: 0, max: 255 })), { maxLength: 20 });
    const hostile = fc.oneof(
      fc.tuple(base, changes).map(([file, list]) => {
        for (const [at, byte] of list) file[at % file.length] = byte;
        return file;
      }),
      fc
        .tuple(base, fc.uint8Array({ maxLength: 200 }))
        .map(([file, more]) => Buffer.concat([file.subarray(0, 60), more])),
    );
    fc.assert(
      fc.property(hostile, (file) => {
        const { skipped, recording } = imported(file, 'pcapng');
        expect(skipped.length).toBeLessThanOrEqual(file.length);
        for (const { t } of recording.messages()) expect(Number.isFinite(t)).toBe(true);
      }),
      { numRuns: 500 },
    );
  });
});
