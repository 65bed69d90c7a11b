/**
 * Writes what the UI shows to a file, in the format that the file's name asks for. In short steps, so that
 * the screen goes on; under its name only when it is whole. Secrets are taken out, as by `export`.
 */
import { closeSync, openSync, rmSync, writeSync } from 'node:fs';
import { dirname, relative, resolve } from 'node:path';
import { UsageError } from '../../errors.js';
import { exporters } from '../../formats/formats.js';
import { exportFormatOf, shownEndings } from '../../formats/table.js';
import type { Condition } from '../../recording/condition.js';
import type { Message } from '../../recording/message.js';
import type { RecordingReader } from '../../recording/ports.js';
import { Redactor } from '../../redact/redactor.js';
import { cannotWrite } from '../../store/disk/output-failure.js';
import { exportInput } from '../share/export-input.js';
import { pageFindings } from '../share/page-findings.js';
import { draftOf, place } from '../files/new-file.js';
import { redactedMarks, redactedMessages, redactedSessions } from '../share/redaction.js';

/** Milliseconds between two looks at the keys. */
const step = 10;

/**
 * Gives how many messages were written.
 * @throws UsageError for a name that asks for no format, OutputError if it cannot be written
 */
export async function exportShown(reader: RecordingReader, where: Condition, path: string): Promise<number> {
  const format = exportFormatOf(path);
  if (format === undefined || format === 'qmptap') {
    throw new UsageError({
      subject: path,
      reason: 'its name does not say the format',
      remedy: `let it end with one of ${shownEndings.join(' ')}`,
    });
  }
  let count = 0;
  function* counted(): Iterable<Message> {
    for (const message of reader.messages({ where })) {
      count += 1;
      yield message;
    }
  }
  const shown = new Set<number>();
  await inSteps(reader.messages({ where }), ({ session }) => shown.add(session));
  const all = reader.sessions();
  const redactor = new Redactor();
  for (const session of all) redactor.learnSession(session);
  await inSteps(reader.messages(), (message) => {
    redactor.learn(message);
  });
  const sessions = redactedSessions(
    all.filter(({ id }) => shown.has(id)),
    redactor,
  );
  const messages = redactedMessages(counted(), redactor);
  const reference = relative(dirname(resolve(path)), resolve(reader.info.path));
  const marks = redactedMarks(reader.marks?.() ?? [], redactor);
  const { info } = reader;
  const findings = format === 'html' ? pageFindings(reader, sessions, redactor) : undefined;
  const input = exportInput({ info, sessions, messages, marks, findings, reference, omit: () => undefined });
  const pieces: Iterable<string | Uint8Array> = exporters[format](input);
  const draft = draftOf(path);
  try {
    const file = openSync(draft, 'wx', 0o600);
    try {
      await inSteps(pieces, (piece) => {
        const bytes = Buffer.from(piece);
        for (let at = 0; at < bytes.length;) at += writeSync(file, bytes, at);
      });
      place(draft, path, false);
    } finally {
      closeSync(file);
      rmSync(draft, { force: true });
    }
  } catch (error) {
    throw cannotWrite(path, error);
  }
  return count;
}

/** Lets the screen go on in between. */
async function inSteps<T>(items: Iterable<T>, take: (item: T) => void): Promise<void> {
  let until = performance.now() + step;
  for (const item of items) {
    take(item);
    if (performance.now() < until) continue;
    await new Promise((resolve) => setImmediate(resolve));
    until = performance.now() + step;
  }
}
