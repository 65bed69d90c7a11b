import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { mutateRules } from '../../../src/inspect/rules/mutate.js';
import { rulePack } from '../../../src/inspect/rules/pack.js';
import { openRecording } from '../../../src/store/index/open.js';
import { exchange } from '../../support/conversation.js';
import { imported } from '../../support/imported.js';
import { event } from '../stories/told.js';
import { talk } from './judged.js';

test('each rule says what it means and why it happens', () => {
  expect(rulePack().length).toBeGreaterThan(15);
  for (const { name, title, cause } of rulePack()) {
    expect(title, name).not.toMatch(/[.]$/);
    expect(cause, name).toMatch(/[.]$/);
  }
});

test('each value that a title speaks of is named by its rule', () => {
  for (const { name, title, text } of rulePack())
    for (const [used] of title?.matchAll(/\$\w+/g) ?? []) expect(text, name).toContain(used);
});

test('each rule trips when recorded messages are dropped, delayed or doubled', () => {
  const folders = ['test/fixtures/why', 'test/fixtures/field'];
  const files = folders.flatMap((folder) =>
    readdirSync(folder)
      .filter((name) => !/\.(out|md)$/.test(name))
      .map((name) => join(folder, name)),
  );
  const recordings = [
    ...files.map((file) => imported(readFileSync(file)).recording),
    // A freeze would stop this machine, and memory that a guest keeps needs a guest.
    talk(
      exchange('guest-fsfreeze-freeze', {}, 2),
      exchange('guest-fsfreeze-thaw', {}, 2),
      exchange('guest-get-time'),
    ),
    talk(
      event('JOB_STATUS_CHANGE', { id: 'j', status: 'concluded' }),
      event('JOB_STATUS_CHANGE', { id: 'j', status: 'null' }),
    ),
    talk(event('BLOCK_JOB_COMPLETED', { device: 'j', error: 'No space left on device' })),
    talk(event('MEM_UNPLUG_ERROR', { device: 'dimm1', msg: 'no' })),
    talk(exchange('dump-guest-memory', { detach: true }), event('DUMP_COMPLETED', {})),
  ];
  using demo = openRecording('recordings/demo.qmptap');
  const tripped = new Set(
    [...recordings, demo].flatMap((recording) =>
      mutateRules(recording, rulePack())
        .filter(({ kind, verdict }) => kind !== undefined && verdict === 'false')
        .map(({ rule }) => rule.name),
    ),
  );
  expect(rulePack().map(({ name }) => name).filter((name) => !tripped.has(name))).toEqual([]); // prettier-ignore
});
