import { describe, expect, test } from 'vitest';
import { Framer } from '../../src/json/framer.js';
import { classicInput } from '../../src/json/framer-profile.js';

function frames(text: string) {
  const out: { bytes: string; problem: string | undefined }[] = [];
  const framer = new Framer(classicInput);
  const sink = {
    frame: (bytes: Uint8Array, problem: string | undefined) => {
      out.push({ bytes: Buffer.from(bytes).toString('latin1'), problem });
    },
    trailer: (bytes: Uint8Array) => {
      out.at(-1)!.bytes += Buffer.from(bytes).toString('latin1');
    },
  };
  framer.push(Buffer.from(text, 'latin1'), sink);
  framer.end(sink);
  return out;
}

describe('Framer', () => {
  test('cuts at the byte that completes a frame, and gives it the rest of its line', () => {
    expect(frames('{"a":1}\r\n {"b":[{}]}{}\n')).toEqual([
      { bytes: '{"a":1}\r\n', problem: undefined },
      { bytes: ' {"b":[{}]}', problem: undefined },
      { bytes: '{}\n', problem: undefined },
    ]);
  });

  test('an error is a frame, and what QEMU discards after it is its trailer', () => {
    expect(frames('Garbage in\n{}')).toEqual([
      { bytes: 'Garbage in\n', problem: "JSON parse error, stray 'G'" },
      { bytes: '{}', problem: undefined },
    ]);
  });
});
