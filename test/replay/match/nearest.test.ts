import { describe, expect, test } from 'vitest';
import { Unstable } from '../../../src/recording/unstable.js';
import { nearest } from '../../../src/replay/match/nearest.js';
import { bytesOf, planned } from '../playbook.js';

const plan = planned(`
  -> {"execute":"device_add","arguments":{"driver":"e1000","id":"n1"},"id":1}
  -> {"execute":"device_add","arguments":{"driver":"virtio","id":"n2","bus":"b"},"id":2}
  -> {"execute":"query-block","id":3}
  -> {"execute":"query-status","id":4}
  -> {"execute":"query-status","id":5}
`);

function candidates(name: string, text: string, used: number[] = []): string[] {
  const frame = { kind: 'command' as const, name, bytes: bytesOf(text) };
  return nearest(frame, plan, (place) => !used.includes(place), new Unstable()).map(
    ({ seq, how }) => `#${String(seq)} ${how}`,
  );
}

describe('the nearest recorded command', () => {
  test('is the one that differs least', () => {
    expect(
      candidates('device_add', '{"execute":"device_add","arguments":{"driver":"e1000","id":"n2"}}'),
    ).toEqual([
      '#1 arguments.id: recorded "n1", got "n2"',
      '#2 arguments.driver: recorded "virtio", got "e1000"; arguments.bus: recorded "b", got nothing',
    ]);
  });

  test('may be the same', () => {
    expect(candidates('query-block', '{"execute":"query-block"}')).toEqual(['#3 the same, in another place']);
    expect(candidates('query-block', '{"execute":"query-block"}', [2])).toEqual([
      '#3 the same, and its answer was given already',
    ]);
  });

  test('has a name that sounds alike, if none is the same', () => {
    expect(candidates('query-state', '{"execute":"query-state"}')).toEqual([
      '#4 another command',
      '#3 another command',
    ]);
    expect(candidates('zzz', '{"execute":"zzz"}')).toEqual([]);
  });
});
