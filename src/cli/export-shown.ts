/**
 * Writes what the UI shows to a file, in the format that the file's name asks for. In short steps, so that
 * the screen goes on; under its name only when it is whole. Secrets are taken out, as by `export`.
 */
import { closeSync, linkSync, openSync, unlinkSync, writeSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { basename, dirname, join } from 'node:path';
import { OutputError, UsageError } from '../errors.js';
import { exportFormats } from '../formats/formats.js';
import type { Condition } from '../recording/condition.js';
import type { Message } from '../recording/message.js';
import type { RecordingReader } from '../recording/ports.js';
import { Redactor } from '../recording/redactor.js';
import { exportInput } from './export-input.js';
import { redactedMessages } from './redaction.js';

/** Milliseconds between two looks at the keys. */
const step = 10;

/**
 * Gives how many messages were written.
 * @throws UsageError for a name that asks for no format, OutputError if it cannot be written
 */
export async function exportShown(reader: RecordingReader, where: Condition, path: string): Promise<number> {
  const format = Object.values(exportFormats).find(({ suffix }) => path.endsWith(suffix));
  if (format === undefined) {
    const known = Object.values(exportFormats).map(({ suffix }) => suffix);
    throw new UsageError(`${path}: its name should end with one of ${known.join(' ')}`);
  }
  let count = 0;
  function* counted(): Iterable<Message> {
    for (const message of reader.messages({ where })) {
      count += 1;
      yield message;
    }
  }
  const shown = new Set<number>();
  for (const { session } of reader.messages({ where })) shown.add(session);
  const sessions = reader.sessions().filter(({ id }) => shown.has(id));
  const redactor = new Redactor();
  let pause = performance.now() + step;
  for (const message of reader.messages()) {
    redactor.learn(message);
    if (performance.now() < pause) continue;
    await new Promise((resolve) => setImmediate(resolve));
    pause = performance.now() + step;
  }
  const messages = redactedMessages(counted(), redactor);
  const input = exportInput(reader.info, sessions, messages, basename(reader.info.path), () => undefined);
  const draft = join(dirname(path), `.${basename(path)}-${randomBytes(4).toString('hex')}`);
  try {
    const file = openSync(draft, 'wx', 0o600);
    try {
      let until = performance.now() + step;
      for (const piece of format.exporter(input)) {
        writeSync(file, typeof piece === 'string' ? Buffer.from(piece) : piece);
        if (performance.now() < until) continue;
        await new Promise((resolve) => setImmediate(resolve));
        until = performance.now() + step;
      }
      // Unlike a rename, a link never replaces what has this name.
      linkSync(draft, path);
    } finally {
      closeSync(file);
      unlinkSync(draft);
    }
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    const why = code === 'EEXIST' ? 'it exists already; choose another name' : message;
    throw new OutputError(`${path}: ${why}`, { cause: error, path });
  }
  return count;
}
