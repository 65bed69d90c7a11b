import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  decodeRecord,
  decodeSegmentHeader,
  encodeRecordHead,
  encodeSegmentHeader,
  encodeTrouble,
  type JournalRecord,
  recordHeadLength,
  recordLengthAt,
  recordTypes,
  segmentHeaderLength,
} from '../../../src/store/journal/journal-format.js';

const record: fc.Arbitrary<JournalRecord> = fc.record({
  type: fc.constantFrom(...recordTypes),
  session: fc.nat(2 ** 32 - 1),
  dir: fc.constantFrom('c2s', 's2c' as const),
  t: fc.double({ noDefaultInfinity: true }),
  fds: fc.nat(253),
  payload: fc.uint8Array({ maxLength: 40 }),
});

describe('a record', () => {
  test('is what was written, wherever it stands', () => {
    fc.assert(
      fc.property(record, fc.nat(20), (written, at) => {
        const bytes = new Uint8Array(at + recordHeadLength + written.payload.length + 3).fill(0xb7);
        const view = new DataView(bytes.buffer);
        encodeRecordHead(view, at, written);
        bytes.set(written.payload, at + recordHeadLength);
        expect(recordLengthAt(view, at)).toBe(written.payload.length);
        expect(decodeRecord(bytes, view, at)).toEqual(written);
      }),
    );
  });

  test('is not in zeros, as the end of a file cut short has them, nor in what has a byte that none has', () => {
    const bytes = new Uint8Array(recordHeadLength);
    const view = new DataView(bytes.buffer);
    expect(recordLengthAt(view, 0)).toBeUndefined();
    const head = { type: 'chunk', session: 1, dir: 'c2s', t: 5, fds: 0, payload: new Uint8Array(7) } as const;
    for (const [at, byte] of [
      [0, 0x7b],
      [1, recordTypes.length],
      [2, 2],
      [3, 1],
      [15, 0x7f],
    ] as const) {
      encodeRecordHead(view, 0, head);
      expect(recordLengthAt(view, 0)).toBe(7);
      bytes[at] = byte;
      if (at === 15) bytes.set([1, 0, 0, 0, 0, 0, 0xf8], 8); // a NaN with something in it
      expect(recordLengthAt(view, 0), `byte ${at}`).toBeUndefined();
    }
  });
});

describe("a segment's header", () => {
  const recording = Uint8Array.from({ length: 16 }, (_, n) => n);

  test('says whose it is, its number, and why the journal ends', () => {
    for (const trouble of [undefined, 'no space left on the disk', 'é'.repeat(1_000)]) {
      const bytes = encodeSegmentHeader({ recording, segment: 7, trouble });
      expect(bytes).toHaveLength(segmentHeaderLength);
      const found = decodeSegmentHeader(bytes);
      expect(found).toMatchObject({ recording, segment: 7 });
      if (trouble === undefined) expect(found?.trouble).toBeUndefined();
      else expect(trouble.startsWith(found?.trouble ?? '?')).toBe(true);
    }
  });

  test('has room for a reason that comes later', () => {
    const bytes = encodeSegmentHeader({ recording, segment: 1, trouble: undefined });
    const late = encodeTrouble('the disk went away');
    bytes.set(late.bytes, late.at);
    expect(decodeSegmentHeader(bytes)?.trouble).toBe('the disk went away');
  });

  test('is none where it is short or another program wrote it; a length beyond the room is cut', () => {
    const bytes = encodeSegmentHeader({ recording, segment: 1, trouble: 'x' });
    expect(decodeSegmentHeader(bytes.subarray(1))).toBeUndefined();
    expect(decodeSegmentHeader(new Uint8Array(segmentHeaderLength))).toBeUndefined();
    new DataView(bytes.buffer).setUint32(28, 0xffffffff, true);
    expect(decodeSegmentHeader(bytes)?.trouble).toHaveLength(segmentHeaderLength - 32);
  });
});
