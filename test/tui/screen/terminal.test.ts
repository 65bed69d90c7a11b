import { PassThrough, Writable } from 'node:stream';
import type { ReadStream, WriteStream } from 'node:tty';
import { expect, test } from 'vitest';
import { Terminal } from '../../../src/tui/screen/terminal.js';

test('has its modes back before what was on its screen: whoever sees that can press Ctrl-C', () => {
  const happened: string[] = [];
  const input = Object.assign(new PassThrough(), {
    isTTY: true,
    isRaw: false,
    setRawMode(raw: boolean) {
      input.isRaw = raw;
      happened.push(raw ? 'raw' : 'cooked');
      return input;
    },
  });
  const output = new Writable({
    write(chunk: Buffer, _, done) {
      const text = chunk.toString();
      if (text.includes('\u001b[?1049h')) happened.push('own screen');
      if (text.includes('\u001b[?1049l')) happened.push('screen before');
      done();
    },
  });
  const size = { isTTY: true, columns: 80, rows: 24 };
  const nothing = (): void => undefined;
  const terminal = new Terminal(
    {
      input: input as unknown as ReadStream,
      output: Object.assign(output, size) as unknown as WriteStream,
      env: { TERM: 'xterm' },
    },
    { key: nothing, click: nothing, resize: nothing },
  );
  terminal.draw(['hello']);
  terminal.close();
  expect(happened.indexOf('own screen')).toBeGreaterThanOrEqual(0);
  const end = happened.slice(happened.indexOf('own screen') + 1).filter((one) => one !== 'raw');
  expect(end.slice(0, 2)).toEqual(['cooked', 'screen before']);
});
