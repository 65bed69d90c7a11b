/**
 * Sessions as QEMU and its clients might have them, made up: pipelining, out-of-band commands, events,
 * garbage, all kinds of ids, line ends and ends.
 */
import fc from 'fast-check';
import { classicInput, eagerInput } from '../../src/json/framing/profile.js';
import { Framer } from '../../src/json/framing/framer.js';
import { printJson, printQmp } from '../../src/json/print.js';
import { fromPlain } from '../../src/json/value.js';
import { classifyClient } from '../../src/qmp/message.js';
import type { Dialect, SessionEnd } from '../../src/recording/session.js';
import { bytesOf, greeting, type Recorded, recordedFrom } from './playbook.js';

export interface Line {
  readonly dir: 'c2s' | 's2c';
  /** One character for each byte. */
  readonly text: string;
}

interface Style {
  readonly dialect: Dialect;
  readonly pretty: boolean;
  readonly lineEnd: string;
  /** The server is a QEMU of 11.1, which refuses a message at its first wrong token. */
  readonly eager: boolean;
}

const id = fc.option(
  fc.oneof(
    fc.string({ maxLength: 8 }),
    fc.integer(),
    fc.bigInt(-(2n ** 63n), 2n ** 64n - 1n),
    fc.constantFrom(null, true, [1, { a: 'x' }]),
    fc.record({ b: fc.nat(9), a: fc.string({ maxLength: 3 }) }),
  ),
  { nil: undefined },
);
const names = fc.constantFrom('query-status', 'query-block', 'device_add', 'stop', 'query-migrate');
const plainArguments = fc.option(
  fc.dictionary(fc.string({ minLength: 1, maxLength: 4 }), fc.jsonValue({ maxDepth: 1 })),
  {
    nil: undefined,
  },
);
const result = fc.oneof(
  fc.record({ return: fc.jsonValue({ maxDepth: 2 }) }),
  fc.record({ error: fc.record({ class: fc.constant('GenericError'), desc: fc.string({ maxLength: 20 }) }) }),
);
const event = fc.record({
  timestamp: fc.record({ seconds: fc.nat(), microseconds: fc.nat(999_999) }),
  event: fc.constantFrom('STOP', 'RESUME', 'DEVICE_DELETED', 'JOB_STATUS_CHANGE'),
});
const events = fc.array(event, { maxLength: 2 });

const command = fc.record({ name: names, given: plainArguments, id, result, before: events, after: events });

/** One after the other, or all at once. */
const commands = fc.record({
  kind: fc.constant('commands' as const),
  pipelined: fc.boolean(),
  list: fc.array(command, { minLength: 1, maxLength: 4 }),
});
const outOfBand = fc.record({ kind: fc.constant('oob' as const), slow: command, fast: command });
const garbage = fc.record({
  kind: fc.constant('garbage' as const),
  text: fc.constantFrom(
    '@\r\n',
    '{]\r\n',
    '\xff',
    '{"execute": @}\r\n',
    '[]\r\n',
    '{}\r\n',
    '"x"\r\n',
    '}\r\n',
    '{"execute" "x","arguments":{"a":[1,2]}}\r\n',
    '{x @ "y"}\r\n',
  ),
});
const sync = fc.record({ kind: fc.constant('sync' as const), value: fc.nat(), delimited: fc.boolean() });

const style = fc.record({
  dialect: fc.constantFrom<Dialect>('qmp', 'qmp', 'qga'),
  pretty: fc.boolean(),
  lineEnd: fc.constantFrom('\r\n', '\n'),
  eager: fc.boolean(),
});

type Move =
  | { kind: 'commands'; pipelined: boolean; list: Command[] }
  | { kind: 'oob'; slow: Command; fast: Command }
  | { kind: 'garbage'; text: string }
  | { kind: 'sync'; value: number; delimited: boolean };
interface Command {
  readonly name: string;
  readonly given: unknown;
  readonly id: unknown;
  readonly result: object;
  readonly before: readonly object[];
  readonly after: readonly object[];
}

const ending = fc.constantFrom<[SessionEnd, Line[]]>(
  ['client-closed', []],
  ['server-closed', []],
  ['server-reset', [{ dir: 's2c', text: '{"timest' }]],
  ['client-reset', [{ dir: 'c2s', text: '{"execute":"query-st' }]],
  ['server-closed', [{ dir: 'c2s', text: '{"execute":"quit"}\r\n' }]],
  ['client-closed', [{ dir: 'c2s', text: '{"execute":"query-status","id":"never"}\r\n' }]],
);

const greetingOfEager = greeting.replace('"minor": 2, "major": 7', '"minor": 1, "major": 11');

/** A recorded session; `lines` are its chunks. */
export const randomSession: fc.Arbitrary<Recorded & { lines: readonly Line[] }> = fc
  .record({
    style,
    moves: fc.array(fc.oneof(commands, commands, outOfBand, garbage, sync), { maxLength: 6 }),
    ending,
  })
  .map(({ style: chosen, moves, ending: [end, last] }) => {
    const hello = chosen.eager ? greetingOfEager : greeting;
    const begin: Line[] = chosen.dialect === 'qmp' ? [{ dir: 's2c', text: hello + chosen.lineEnd }] : [];
    const framer = new Framer(chosen.eager ? eagerInput : classicInput);
    const lines = [...begin, ...moves.flatMap((move) => linesOf(move, chosen, framer)), ...last];
    return { ...recordedFrom(lines, { dialect: chosen.dialect, end }), lines };
  });

/** @param framer has seen what the client sent before: garbage may swallow what follows it */
function linesOf(move: Move, chosen: Style, framer: Framer): Line[] {
  if (move.kind === 'garbage')
    return [{ dir: 'c2s', text: move.text }, ...complaints(move.text, chosen, framer)];
  const lines = orderlyLines(move, chosen);
  const text = lines.map((line) => (line.dir === 'c2s' ? line.text : '')).join('');
  framer.push(bytesOf(text), { frame: () => undefined, trailer: () => undefined });
  return lines;
}

function orderlyLines(move: Exclude<Move, { kind: 'garbage' }>, chosen: Style): Line[] {
  if (move.kind === 'sync') return syncLines(move, chosen);
  if (move.kind === 'oob') {
    const [slow, fast] = [
      { ...move.slow, id: 'slow' },
      { ...move.fast, id: 'fast' },
    ];
    return [sent(slow), sent(fast, 'exec-oob'), ...answered(fast, chosen), ...answered(slow, chosen)];
  }
  if (!move.pipelined) return move.list.flatMap((one) => [sent(one), ...answered(one, chosen)]);
  return [...move.list.map((one) => sent(one)), ...move.list.flatMap((one) => answered(one, chosen))];
}

function sent({ name, given, id: chosenId }: Command, verb = 'execute'): Line {
  return {
    dir: 'c2s',
    text: `${latin1(printJson(fromPlain({ [verb]: name, arguments: given, id: chosenId })))}\r\n`,
  };
}

function answered({ result: what, id: chosenId, before, after }: Command, chosen: Style): Line[] {
  const response = said({ ...what, id: chosenId }, chosen);
  if (chosen.dialect === 'qga') return [response];
  return [...before.map((one) => said(one, chosen)), response, ...after.map((one) => said(one, chosen))];
}

/** QEMU answers each frame of garbage with one error. */
function complaints(text: string, chosen: Style, framer: Framer): Line[] {
  const lines: Line[] = [];
  framer.push(bytesOf(text), {
    frame: (bytes, problem) => {
      const what = classifyClient(bytes, problem);
      const desc = problem ?? what.problem;
      lines.push(said({ error: { class: 'GenericError', desc } }, chosen));
    },
    trailer: () => undefined,
  });
  return lines;
}

function syncLines({ value, delimited }: { value: number; delimited: boolean }, chosen: Style): Line[] {
  const name = delimited ? 'guest-sync-delimited' : 'guest-sync';
  const { dir, text } = said({ return: value }, chosen);
  return [
    sent({ name, given: { id: value }, id: undefined, result: {}, before: [], after: [] }),
    { dir, text: (delimited ? '\xff' : '') + text },
  ];
}

function said(plain: object, { pretty, lineEnd }: Style): Line {
  const value = fromPlain(plain);
  const text = pretty ? printJson(value, { indent: 4 }).replaceAll('\n', lineEnd) : printQmp(value);
  return { dir: 's2c', text: latin1(text) + lineEnd };
}

/** UTF-8, one character for each byte. */
function latin1(text: string): string {
  return Array.from(new TextEncoder().encode(text), (byte) => String.fromCharCode(byte)).join('');
}
