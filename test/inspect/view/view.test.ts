import fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import { MessageView } from '../../../src/inspect/view/view.js';
import { MemoryRecording } from '../../../src/recording/memory.js';
import type { Condition } from '../../../src/recording/condition.js';
import type { RecordingInfo } from '../../../src/recording/ports.js';
import { message } from '../../support/message.js';
import { sessionStart } from '../../support/recorded.js';

class Live extends MemoryRecording {
  override readonly info: RecordingInfo = {
    path: 'live',
    format: 0,
    createdBy: '',
    created: 0,
    live: true,
    incomplete: undefined,
  };
}

function fill(recording: MemoryRecording, count: number, from = 1): void {
  for (let seq = from; seq < from + count; seq++) {
    recording.add(message('event', `{"event": "E${seq}"}`, { seq, name: `E${seq % 10}`, t: seq }));
  }
}

function recordingOf(count: number, recording: MemoryRecording = new MemoryRecording()): MemoryRecording {
  recording.openSession(1, sessionStart());
  fill(recording, count);
  return recording;
}

/** A clock on which every step takes so long. */
function clock(ms: number): () => number {
  let t = 0;
  return () => (t += ms);
}

const every10th: Condition = { op: 'glob', field: 'event', glob: 'E0' };
const view = (recording: MemoryRecording, height = 10): MessageView =>
  new MessageView(recording, { height, now: clock(1) });

function shown(of: MessageView): number[] {
  return of.visible().rows.map((row) => row.seq);
}

function finish(of: MessageView): MessageView {
  for (let steps = 0; of.work(); steps++) if (steps > 10_000) throw new Error('never done');
  return of;
}

const run = (from: number, count: number): number[] => Array.from({ length: count }, (_, n) => from + n);

describe('a finished recording', () => {
  let of: MessageView;
  beforeEach(() => {
    of = finish(view(recordingOf(1000)));
  });

  test('begins at its first message', () => {
    expect(shown(of)).toEqual(run(1, 10));
    expect(of.focused?.seq).toBe(1);
    expect(of.following).toBe(false);
  });

  test('moves by rows and pages, with some rows kept around the focus', () => {
    of.move(8);
    expect(shown(of)).toEqual(run(2, 10));
    of.page(3);
    expect(of.focused?.seq).toBe(36);
    of.move(-1000);
    finish(of).move(-1000);
    expect(shown(of)).toEqual(run(1, 10));
  });

  test('goes to both ends', () => {
    of.end();
    expect(shown(of)).toEqual(run(991, 10));
    expect(of.focused?.seq).toBe(1000);
    of.home();
    expect(of.focused?.seq).toBe(1);
  });

  test('goes to a message', () => {
    expect(of.focusOn(500)).toBe(true);
    expect(finish(of).focused?.seq).toBe(500);
    expect(shown(of)).toHaveLength(10);
    expect(shown(of).indexOf(500)).toBeGreaterThan(1);
    expect(of.focusOn(1001)).toBe(false);
    expect(of.focused?.seq).toBe(1000);
  });

  test('keeps the focus, or goes next to it, when the filter changes', () => {
    of.focusOn(505);
    of.setWhere(every10th);
    expect(finish(of).focused?.seq).toBe(510);
    expect(shown(of)).toHaveLength(10);
    of.setWhere({ op: 'all' });
    expect(finish(of).focused?.seq).toBe(510);
    of.setWhere({ op: 'glob', field: 'event', glob: 'none' });
    expect(finish(of).focused).toBeUndefined();
    expect(of.visible()).toEqual({ rows: [], focus: -1 });
    of.move(3);
    of.setWhere({ op: 'all' });
    expect(finish(of).focused).toBeDefined();
  });

  test('looks for the next match in the whole', () => {
    of.seek(every10th, 1);
    expect(finish(of).focused?.seq).toBe(10);
    of.seek(every10th, 1);
    expect(finish(of).focused?.seq).toBe(20);
    of.seek(every10th, -1);
    expect(finish(of).focused?.seq).toBe(10);
    of.seek(every10th, -1);
    finish(of);
    expect([of.focused?.seq, of.searchFailed]).toEqual([10, true]);
  });

  test('takes another height', () => {
    of.end();
    of.setHeight(30);
    expect(shown(finish(of))).toEqual(run(971, 30));
    of.setHeight(1);
    expect(shown(of)).toEqual([1000]);
  });

  test('focuses a row by its place on the screen', () => {
    of.focusVisible(4);
    expect(of.focused?.seq).toBe(5);
  });
});

describe('a live recording', () => {
  test('is followed', () => {
    const recording = recordingOf(100, new Live());
    const of = finish(view(recording));
    expect(of.focused?.seq).toBe(100);
    fill(recording, 7, 101);
    expect(of.poll()).toBe(true);
    expect(shown(of)).toEqual(run(98, 10));
    expect(of.poll()).toBe(false);
  });

  test('a flood is followed without reading all of it', () => {
    const recording = recordingOf(5, new Live());
    const of = finish(view(recording));
    fill(recording, 5000, 6);
    of.poll();
    expect(shown(finish(of))).toEqual(run(4996, 10));
  });

  test('moving up leaves, with a count of what comes; F takes it up again', () => {
    const recording = recordingOf(100, new Live());
    const of = finish(view(recording));
    of.move(-1);
    expect(of.following).toBe(false);
    fill(recording, 42, 101);
    of.poll();
    expect(of.fresh).toEqual({ count: 42, more: false });
    expect(of.focused?.seq).toBe(99);
    of.follow(true);
    expect(of.focused?.seq).toBe(142);
  });

  test('counts what matches the filter', () => {
    const recording = recordingOf(100, new Live());
    const of = finish(view(recording));
    of.setWhere(every10th);
    finish(of).move(-1);
    fill(recording, 42, 101);
    of.poll();
    expect(finish(of).fresh).toEqual({ count: 4, more: false });
  });

  test('a pause sees nothing until it ends', () => {
    const recording = recordingOf(3, new Live());
    const of = view(recording);
    of.pause(true);
    fill(recording, 1, 4);
    expect(of.poll()).toBe(false);
    expect(of.count).toBe(3);
    of.follow(true);
    expect(of.focused?.seq).toBe(4);
  });

  test('an empty one shows what comes first', () => {
    const recording = recordingOf(0, new Live());
    const of = view(recording);
    expect(of.focused).toBeUndefined();
    fill(recording, 1);
    of.poll();
    expect(of.focused?.seq).toBe(1);
  });

  test('a command on the screen learns of its answer', () => {
    const recording = recordingOf(0, new Live());
    recording.add(message('command', '{"execute": "stop"}', { seq: 1, name: 'stop' }));
    const of = finish(view(recording));
    expect(of.focused?.answer).toBeUndefined();
    recording.add(message('success', '{"return": {}}', { seq: 2, replyTo: 1, command: 'stop', latency: 5 }));
    expect(of.poll()).toBe(true);
    expect(of.visible().rows[0]?.answer).toEqual({ latency: 5 });
  });
});

test('whatever is done, the window holds what is there, in order, around the focus', () => {
  const action = fc.oneof(
    fc.integer({ min: -30, max: 30 }).map((by) => (of: MessageView) => { of.move(by); }),
    fc.integer({ min: 1, max: 420 }).map((index) => (of: MessageView) => { of.focusOn(index); }),
    fc.constantFrom<(of: MessageView) => void>(
      (of) => { of.home(); },
      (of) => { of.end(); },
      (of) => { of.page(1); },
      (of) => { of.page(-1); },
      (of) => { of.setWhere(every10th); },
      (of) => { of.setWhere({ op: 'all' }); },
      (of) => { of.setHeight(3); },
      (of) => { of.setHeight(25); },
      (of) => { of.work(); },
      (of) => { of.follow(true); },
      (of) => { of.seek({ op: 'glob', field: 'event', glob: 'E5' }, -1); },
    ),
  ); // prettier-ignore
  const recording = recordingOf(400);
  fc.assert(
    fc.property(fc.array(action, { maxLength: 25 }), (actions) => {
      const of = view(recording);
      for (const act of actions) act(of);
      finish(of);
      const step = of.where.op === 'all' ? 1 : 10;
      const { rows, focus } = of.visible();
      expect(rows).toHaveLength(Math.min(of.height, 400 / step));
      rows.forEach((row, place) => { expect(row.seq).toBe((rows[0]?.seq ?? 0) + place * step); });
      expect(rows[focus]).toBe(of.focused);
    }),
    { numRuns: 200 },
  ); // prettier-ignore
});
