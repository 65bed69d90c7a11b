/** Numbered events, which show whether a recording has all of them, each once and in its order. */
import { expect } from 'vitest';
import { openRecording } from '../../src/store/index/open.js';
import type { Recorder } from '../../src/store/index/recorder.js';
import { bytes } from './traffic.js';

/** Events one after the other, several to a chunk; gives the number after the last. */
export function sendEvents(recorder: Recorder, from: number, count: number): number {
  let text = '';
  for (let event = from; event < from + count; event++)
    text += `{"event": "FLOOD", "data": {"n": ${event}}}\r\n`;
  recorder.chunk(1, { dir: 's2c', t: from, bytes: bytes(text), fds: 0 });
  return from + count;
}

/** That they are all there; gives how many. */
export function expectEvents(path: string): number {
  using recording = openRecording(path);
  let index = 0;
  for (const { raw, kind } of recording.messages()) {
    index += 1;
    if (kind === 'event') expect(Buffer.from(raw).toString()).toContain(`"n": ${index}}}`);
    else expect(kind).toBe('partial');
  }
  expect([...recording.damage()]).toEqual([]);
  return index;
}
