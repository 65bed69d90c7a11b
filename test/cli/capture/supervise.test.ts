import { expect, test } from 'vitest';
import { supervise } from '../../../src/cli/capture/supervise.js';
import type { Log } from '../../../src/cli/output/log.js';
import type { RecorderOptions, RecordSummary, RunningRecorder } from '../../../src/launch/record/record.js';

/** A recorder that is over when it is told to, and a log that keeps what it is told. */
function rig(incomplete?: string) {
  const said: string[] = [];
  const say = (text: string): void => void said.push(text);
  const log = { info: say, warn: say, error: say } as unknown as Log;
  let finish = (): void => undefined;
  const finished = new Promise<void>((resolve) => (finish = resolve));
  const stop = (): Promise<RecordSummary> =>
    Promise.resolve({
      ...{ path: '/r/a.qmptap', sessions: 2, messages: 7, incomplete },
      files: [{ path: '/r/a.qmptap', firstSession: 1, sessions: 2, messages: 7, incomplete }],
    });
  const recorder: RunningRecorder = {
    ...{ address: '/run/a.sock', path: '/r/a.qmptap', finished, stop },
    send: () => Promise.resolve(),
    close: () => said.push('close'),
    drain: () => Promise.resolve(void said.push('drain')),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
  return { said, log, finish, recorder };
}

test('records until nothing more can come, and says what is in the file', async () => {
  const { said, log, finish, recorder } = rig();
  let options: RecorderOptions | undefined;
  const code = await supervise(
    {
      flags: { rule: [], quiet: true, maxSize: 2 ** 20 },
      label: 'web1',
      start: (given) => {
        options = given;
        return Promise.resolve(recorder);
      },
      what: ({ address }) => `recording ${address}`,
      started: finish,
      beforeEnd: () => Promise.resolve(void said.push('beforeEnd')),
    },
    log,
  );
  expect(code).toBe(0);
  expect(options).toMatchObject({ label: 'web1', maxSize: 2 ** 20, redact: undefined });
  expect(said).toEqual([
    'recording /run/a.sock in /r/a.qmptap; Ctrl-C ends',
    'beforeEnd',
    'drain',
    '7 messages in 2 sessions: /r/a.qmptap',
  ]);
});

test('a recording that does not hold everything is no success', async () => {
  const { said, log, finish, recorder } = rig('the disk was full');
  const flags = { rule: [], quiet: true, label: '' };
  const start = (): Promise<RunningRecorder> => Promise.resolve(recorder);
  expect(await supervise({ flags, start, what: () => 'x', started: finish }, log)).toBe(1);
  expect(said.at(-1)).toMatch(/incomplete: the disk was full/);
});

test('--once ends with the first session, by how it went', async () => {
  const { log, recorder } = rig();
  const flags = { rule: [], quiet: true, once: true };
  const start = ({ onEvent }: RecorderOptions): Promise<RunningRecorder> => {
    setImmediate(() => onEvent?.({ type: 'closed', session: 1, end: 'server-unreachable', reason: 'x' }));
    return Promise.resolve(recorder);
  };
  expect(await supervise({ flags, start, what: () => 'x' }, log)).toBe(1);
});
