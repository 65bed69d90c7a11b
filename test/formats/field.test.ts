/**
 * Logs as people post them: copied, searched, quoted, prefixed. What comes out of each stands beside it, in a file
 * that ends in `.out`; UPDATE=1 writes these, to be read before they are kept.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { messageRow } from '../../src/inspect/format.js';
import { storyText } from '../../src/inspect/stories/stories-text.js';
import { collectStories } from '../../src/inspect/stories/stories.js';
import { isoTime } from '../../src/text/time.js';
import { imported } from '../support/imported.js';

const folder = 'test/fixtures/field';
const inputs = readdirSync(folder).filter((name) => !name.endsWith('.out'));

/** All that is known after an import, as text. */
function outcome(name: string): string {
  const { recording, skipped, format } = imported(readFileSync(join(folder, name)));
  const lines = [`format: ${format ?? 'none'}`, ...skipped.map((one) => `left out: ${one}`)];
  for (const session of recording.sessions()) {
    const { id, label, dialect, started, ended, end, endReason, notes } = session;
    lines.push(
      '',
      `session ${id}: ${label ?? '-'}, ${dialect}, from ${isoTime(started)} for ${(ended ?? 0) / 1e9} s, ${end ?? '-'} (${endReason ?? '-'})`,
      ...notes.map((note) => `  note: ${note}`),
    );
    for (const message of recording.messages({ session: id })) {
      const { seq, time, arrow, latency, remark, text } = messageRow(message);
      lines.push(
        `  ${seq} ${time} ${arrow} ${[latency, remark].filter((one) => one !== '').join(', ')} ${text}`,
      );
    }
  }
  for (const story of collectStories(recording))
    lines.push('', ...Array.from(storyText(story), ({ text }) => text));
  return `${lines
    .map((line) => line.trimEnd())
    .join('\n')
    .trimEnd()}\n`;
}

test('there are examples', () => {
  expect(inputs.length).toBeGreaterThan(20);
});

test.each(inputs)('%s', (name) => {
  const path = join(folder, `${name}.out`);
  if (process.env['UPDATE'] !== undefined) writeFileSync(path, outcome(name));
  else expect(outcome(name)).toBe(readFileSync(path, 'utf8'));
});
