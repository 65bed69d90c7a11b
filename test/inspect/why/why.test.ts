/**
 * What is found in recordings of real servers (`fixtures/why`), and in logs as people post them (`fixtures/field`).
 * UPDATE=1 writes it to `findings.out`, to be read before it is kept.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { collectFindings, gatherFindings } from '../../../src/inspect/why/why.js';
import { openRecording } from '../../../src/store/index/open.js';
import { exchange, played } from '../../support/conversation.js';
import { imported } from '../../support/imported.js';
import { command } from '../stories/told.js';
import { essences, foundIn } from './found.js';

const path = 'test/fixtures/why/findings.out';

function filesIn(folder: string, pattern: RegExp): readonly string[] {
  return readdirSync(folder)
    .filter((name) => pattern.test(name))
    .map((name) => join(folder, name));
}

const files = [...filesIn('test/fixtures/why', /\.jsonl$/), ...filesIn('test/fixtures/field', /(?<!\.out)$/)];

test('every recording has its findings, and no others', () => {
  const all = files.map((file) => {
    const found = essences(imported(readFileSync(file)).recording);
    return `${file}\n${found.length === 0 ? '  nothing' : found.map((one) => `  ${one}`).join('\n')}\n`;
  });
  expect(files.length).toBeGreaterThan(40);
  if (process.env['UPDATE'] !== undefined) writeFileSync(path, all.join('\n'));
  else expect(all.join('\n')).toBe(readFileSync(path, 'utf8'));
});

test.each(['libvirt', 'schema'])('nothing in recordings/%s.qmptap', (name) => {
  using recording = openRecording(`recordings/${name}.qmptap`);
  expect(collectFindings(recording)).toEqual([]);
});

describe('gatherFindings', () => {
  test('goes on in steps', () => {
    const recording = played(Array.from({ length: 600 }, () => exchange('stop')).flat());
    const steps = gatherFindings(recording);
    expect([steps.next().value, steps.next().value, steps.next()]).toEqual([
      500,
      1000,
      { done: true, value: [] },
    ]);
  });

  test('tells of all VMs of a folder, the weightiest first', () => {
    const held = { lines: [...exchange('stop'), command('query-block', {})], endAfter: 6000, label: 'b' };
    const refused = {
      lines: [command('x', {}), ['<-', { error: { class: 'A', desc: 'b' } }] as const],
      label: 'a',
    };
    expect(foundIn(refused, { ...held, server: 'unix:/b' })).toEqual([
      'error held-monitor 2/3: the monitor is held by query-block: no response for 6.0s',
      'warning error-responses 1/2: x was refused: A: b',
    ]);
  });
});

test('a recording that does not hold everything says so', () => {
  const recording = played(exchange('stop'));
  const [only] = collectFindings(
    Object.defineProperty(recording, 'info', {
      value: { ...recording.info, incomplete: 'the disk was full' },
    }),
  );
  expect(only).toMatchObject({
    kind: 'incomplete-recording',
    title: expect.stringContaining('the disk was full') as string,
  });
});
