import { describe, expect, test } from 'vitest';
import { printQmp } from '../../src/json/print.js';
import { Tap } from '../../src/proxy/tap.js';
import { MemoryRecording } from '../../src/recording/memory.js';
import type { Message } from '../../src/recording/message.js';
import type { Dialect, SessionStart } from '../../src/recording/session.js';
import { eagerCases } from '../fixtures/eager-cases.js';
import type { Reply } from '../fixtures/edge-cases.js';
import { fromLatin1, latin1 } from '../support/frames.js';

const greetingOf = (major: number, minor: number): string =>
  `{"QMP": {"version": {"qemu": {"micro": 3, "minor": ${minor}, "major": ${major}}, "package": ""}, "capabilities": ["oob"]}}\r\n`;
const errorOf = (desc: string): string =>
  `{"error": {"class": "GenericError", "desc": ${printQmp(desc)}}}\r\n`;
const deep = `${'['.repeat(1030)}${']'.repeat(1030)}`;
const tooDeep = 'JSON nesting depth limit exceeded';

/** A conversation, a microsecond a chunk; saved and restored before each where `resumed` says so. */
class Conversation {
  readonly recording = new MemoryRecording();
  readonly #resumed: boolean;
  #tap = new Tap(this.recording);
  #t = 0;

  constructor(dialect: Dialect | undefined, resumed = false) {
    this.#resumed = resumed;
    const peer = { address: 'unix:/x' };
    const start: SessionStart = { label: undefined, dialect, client: peer, server: peer, started: 0 };
    this.#tap.open(1, start, 0);
  }

  client(text: string): this {
    return this.#say('c2s', text);
  }

  server(...texts: string[]): this {
    for (const text of texts) this.#say('s2c', text);
    return this;
  }

  inject(text: string): this {
    this.#tap.inject(1, (this.#t += 1000), fromLatin1(text));
    return this;
  }

  get messages(): Message[] {
    return [...this.recording.messages()];
  }

  /** `seq kind` of each, with `->` the message that it answers, or `?` if it answers none. */
  get rows(): string[] {
    return this.messages.map(({ seq, dir, kind, replyTo }) => {
      const answers = kind === 'success' || kind === 'error' ? ` -> ${replyTo ?? '?'}` : '';
      return `${seq} ${dir} ${kind}${answers}`;
    });
  }

  #say(dir: 'c2s' | 's2c', text: string): this {
    if (this.#resumed) this.#tap = new Tap(this.recording, structuredClone(this.#tap.save()));
    this.#tap.chunk(1, { dir, t: (this.#t += 1000), bytes: fromLatin1(text), fds: 0 });
    return this;
  }
}

const replyText = (reply: Reply, id: unknown): string =>
  reply === 'ok'
    ? `{"return": {}, "id": ${JSON.stringify(id)}}\r\n`
    : errorOf(reply.replace(/^\w+-error:/, ''));

describe.each([
  ['eager', [11, 1]],
  ['classic', [7, 2]],
] as const)('behind a greeting of a server with %s rules', (rules, [major, minor]) => {
  test.each(eagerCases)('every answer finds its message: $name', (one) => {
    const talk = new Conversation('qmp', one.name.length % 2 === 0)
      .server(greetingOf(major, minor))
      .client('{"execute":"qmp_capabilities"}\n')
      .server('{"return": {}}\r\n')
      .client(one.bytes)
      .server(...one[rules].map((reply) => replyText(reply, 1)))
      .client('\n{"execute":"query-name","id":"S"}\n');
    if (one.commandBehind === 'runs') talk.server(replyText('ok', 'S'));
    const { messages } = talk;
    for (const answer of messages.filter(({ kind }) => kind === 'success' || kind === 'error')) {
      const asked = messages.find(({ seq, dir }) => dir === 'c2s' && seq === answer.replyTo);
      expect(asked, latin1(answer.raw)).toBeDefined();
      expect(asked!.seq).toBeLessThan(answer.seq);
      const desc = /"desc": (".*")/.exec(latin1(answer.raw))?.[1];
      if (asked!.kind === 'malformed' && desc !== undefined) expect(asked!.problem).toBe(JSON.parse(desc));
      if (answer.kind === 'success') expect(asked!.kind).toBe('command');
    }
    const sent = messages.filter(({ dir }) => dir === 'c2s').map(({ raw }) => latin1(raw));
    expect(sent.join('')).toBe(
      `{"execute":"qmp_capabilities"}\n${one.bytes}\n${
        // What an open message has swallowed is recorded when it ends, or at once if it was refused.
        rules === 'eager' || one.commandBehind === 'runs' ? '{"execute":"query-name","id":"S"}\n' : ''
      }`.slice(0, sent.join('').length),
    );
  });
});

test('a forgotten brace is refused at the next command, and pairs nothing that never belonged together', () => {
  const talk = new Conversation('qmp')
    .server(greetingOf(11, 1))
    .client('{"execute":"query-name","id":1\n')
    .client('{"execute":"query-status","id":2}\n')
    .server(errorOf("2:1: JSON parse error, expected ',' or '}'"))
    .client('}{"execute":"query-status","id":3}\n')
    .server('{"return": {}, "id": 3}\r\n');
  expect(talk.rows).toEqual([
    '1 s2c greeting',
    '2 c2s malformed',
    '3 s2c error -> 2',
    '4 c2s command',
    '5 s2c success -> 4',
  ]);
  const [, refused, error] = talk.messages;
  expect(refused!.problem).toBe("2:1: JSON parse error, expected ',' or '}'");
  expect(latin1(refused!.raw)).toBe('{"execute":"query-name","id":1\n{"execute":"query-status","id":2}\n}');
  expect(error!.latency).toBe(1000);
});

describe('an agent, which greets nobody', () => {
  test('shows its rules by its first refusal, of a message that is not at its end', () => {
    const talk = new Conversation('qga')
      .client('{"execute" "guest-ping"')
      .server(errorOf("7:12: JSON parse error, expecting ':'"))
      .client('}{"execute":"guest-ping"}\n')
      .server('{"return": {}}\n')
      .client('[1 2]')
      .server(errorOf("9:4: JSON parse error, expected ',' or ']'"));
    expect(talk.rows).toEqual([
      '1 c2s malformed',
      '2 s2c error -> 1',
      '3 c2s command',
      '4 s2c success -> 3',
      '5 c2s malformed',
      '6 s2c error -> 5',
    ]);
    // Its lines are counted from its start, which may be sessions ago.
    expect(talk.messages.map(({ problem }) => problem).filter((each) => each !== undefined)).toEqual([
      "JSON parse error, expecting ':'",
      "JSON parse error, expected ',' or ']'",
    ]);
  });

  test.each([false, true])(
    'is not owed what only older rules would answer (saved between: %s)',
    (resumed) => {
      const talk = new Conversation('qga', resumed)
        .client(`${deep}{"execute":"guest-ping"}\n`)
        .server(errorOf(tooDeep), '{"return": {}}\n')
        .client('{"execute":"guest-info"}\n')
        .server('{"return": {}}\n');
      const { messages } = talk;
      expect(messages.length).toBe(1027 + 1 + 2 + 2);
      const answers = messages.filter(({ dir }) => dir === 's2c');
      const asked = answers.map(({ replyTo }) =>
        messages.find(({ dir, seq }) => dir === 'c2s' && seq === replyTo),
      );
      expect(asked.map((one) => one?.name ?? one?.problem)).toEqual([tooDeep, 'guest-ping', 'guest-info']);
    },
  );

  test('of before 11.1 answers each', () => {
    const talk = new Conversation('qga').client(`${deep}{"execute":"guest-ping"}\n`);
    for (let at = 0; at < 1027; at++)
      talk.server(errorOf(at === 0 ? tooDeep : 'JSON parse error, expecting value'));
    talk.server('{"return": {}}\n');
    const { messages } = talk;
    const answers = messages.filter(({ dir }) => dir === 's2c');
    expect(answers.map(({ replyTo }) => replyTo)).toEqual(Array.from({ length: 1028 }, (_, at) => at + 1));
  });
});

test('a monitor that was joined in its midst shows its rules by its first refusal, too', () => {
  const talk = new Conversation(undefined)
    .client('{"execute":"query-name","id":1}\n[1,,')
    .server('{"return": {}, "id": 1}\r\n', errorOf('40:4: JSON parse error, expecting value'))
    .client(']{"execute":"stop","id":2}')
    .server('{"return": {}, "id": 2}\r\n');
  expect(talk.rows.slice(2)).toEqual([
    '3 c2s malformed',
    '4 s2c error -> 3',
    '5 c2s command',
    '6 s2c success -> 5',
  ]);
});

test('a command of the user moves the lines that the server counts', () => {
  const talk = new Conversation('qmp')
    .server(greetingOf(11, 1))
    .client('{"execute":"qmp_capabilities"}\n')
    .server('{"return": {}}\r\n')
    .inject('{"execute": "query-status", "id": "qmptap-1"}\r\n')
    .server('{"return": {}, "id": "qmptap-1"}\r\n')
    .client('{x}');
  expect(talk.messages.at(-1)!.problem).toBe('3:2: JSON parse error, expecting key');
});

test('a session that an older qmptap began to record goes on by the classic rules', () => {
  const recording = new MemoryRecording();
  const tap = new Tap(recording);
  const peer = { address: 'unix:/x' };
  tap.open(1, { label: undefined, dialect: 'qmp', client: peer, server: peer, started: 0 }, 0);
  tap.chunk(1, { dir: 's2c', t: 1, bytes: fromLatin1(greetingOf(7, 2)), fds: 0 });
  tap.chunk(1, { dir: 'c2s', t: 2, bytes: fromLatin1('{"execute" "x"'), fds: 0 });
  const { sessions, orphans } = tap.save();
  const old = sessions.map((one) => {
    const framer = one.client!.framer;
    return { ...one, client: { ...one.client!, framer: 'rules' in framer ? framer.framer : framer } };
  });
  const after = new Tap(recording, structuredClone({ sessions: old, orphans }));
  after.chunk(1, { dir: 'c2s', t: 3, bytes: fromLatin1('}'), fds: 0 });
  expect([...recording.messages()].at(-1)).toMatchObject({
    kind: 'malformed',
    problem: 'JSON parse error, missing : in object pair',
  });
});
