import fc from 'fast-check';
import { expect, test } from 'vitest';
import { stateValues } from '../../../src/inspect/state/state-values.js';
import { StateReducer } from '../../../src/inspect/state/reducer.js';
import { commandSources, eventSources } from '../../../src/inspect/state/sources/sources.js';
import { StateTimeline } from '../../../src/inspect/state/timeline.js';
import { Vms } from '../../../src/inspect/state/vms.js';
import { fromPlain } from '../../../src/json/value.js';
import { printJson } from '../../../src/json/print.js';
import { exchange, type Line, played } from '../../support/conversation.js';
import { known } from './known.js';

const names = fc.constantFrom('a', 'b', '/machine/peripheral/a/x');
/** Words that real messages have, in any places. */
const keys = fc.constantFrom(
  ...[
    'id',
    'device',
    'node-name',
    'node',
    'name',
    'status',
    'file',
    'backing',
    'data',
    'actions',
    'type',
    'job-id',
  ],
  ...[
    'inserted',
    'qdev',
    'path',
    'target',
    'overlay',
    'dirty-bitmaps',
    'capability',
    'nodes',
    'edges',
    '__proto__',
  ],
);
const { value } = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    names,
    fc.constantFrom<unknown>('running', 'mirror', 'null', true, null, 7, ''),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.array(fc.tuple(keys, tie('value')), { maxLength: 4 }).map((members) => new Map(members)),
  ),
}));
const said = (of: unknown): string => printJson(fromPlain(of));
const line: fc.Arbitrary<Line[]> = fc.oneof(
  fc
    .tuple(fc.constantFrom(...commandSources.keys()), value, value, fc.boolean())
    .map(([name, given, returned, error]): Line[] => [
      ['->', `{"execute":"${name}","arguments":${said(given)}}`],
      ['<-', error ? '{"error":{"class":"GenericError","desc":"no"}}' : `{"return":${said(returned)}}`],
    ]),
  fc
    .tuple(fc.constantFrom(...eventSources.keys()), value)
    .map(([name, data]): Line[] => [['<-', `{"event":"${name}","data":${said(data)}}`]]),
  fc.uint8Array({ maxLength: 20 }).map((bytes): Line[] => [['<-', bytes]]),
);

test('whatever the messages say, it is taken; every moment is the same, however it is reached', () => {
  fc.assert(
    fc.property(fc.array(line, { maxLength: 12 }), fc.nat(), (lines, at) => {
      const recording = played(lines.flat());
      const moment = 1 + (at % Math.max(1, recording.count()));
      const straight = new StateTimeline(recording);
      const back = new StateTimeline(recording);
      back.at(recording.count());
      const [one, other] = [straight.at(moment), back.at(moment)].map((all) =>
        all.flatMap((state) => [...stateValues(state)]),
      );
      expect(one).toEqual(other);
    }),
    { numRuns: 300 },
  );
});

test('goes on from a snapshot as if it had read from the beginning', () => {
  const recording = played([
    ...exchange('query-status', undefined, { status: 'running', running: true }),
    ['<-', { event: 'STOP' }],
  ]);
  const vms = new Vms(recording);
  const messages = [...recording.messages()];
  const first = new StateReducer(vms, () => undefined);
  for (const message of messages.slice(0, 1)) first.take(message);
  const second = new StateReducer(vms, () => undefined, first.snapshot());
  for (const message of messages.slice(1)) second.take(message);
  for (const message of messages.slice(1)) first.take(message);
  const states = [first, second].map((reducer) =>
    [...reducer.snapshot().states.values()].map(({ areas }) => areas.get('run')),
  );
  expect(JSON.stringify(states[0]?.map((run) => [...(run?.keys() ?? [])]))).toBe(
    JSON.stringify(states[1]?.map((run) => [...(run?.keys() ?? [])])),
  );
});

test('an error changes nothing, and an answer to nothing neither', () => {
  expect(
    known([
      ['->', { execute: 'stop' }],
      ['<-', { error: { class: 'GenericError', desc: 'no' } }],
      ['<-', { return: { status: 'running' } }],
    ]),
  ).toEqual({});
});
