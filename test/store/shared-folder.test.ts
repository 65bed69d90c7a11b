/** Another user of a folder like `/tmp` puts rollback journals beside a recording at every moment of its making. */
import { chmodSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openRecording } from '../../src/store/index/open.js';
import { createRecording } from '../../src/store/index/recorder.js';
import { testFolder } from '../support/folder.js';
import { start } from '../support/process.js';
import { hotJournal } from './hot-journal.js';
import { chatter, start as sessionStart } from './traffic.js';

const isRoot = process.geteuid?.() === 0;
const nobody = 65534;

/** Writes the journal under each name again and again, whenever there is none and the recording's file is there. */
const attack = `
  const { existsSync, readFileSync, writeFileSync } = require('node:fs');
  const [journal, ...files] = process.argv.slice(1);
  const bytes = readFileSync(journal);
  console.log('ready');
  for (;;) for (const file of files) for (const end of ['-journal', '-lock-journal']) {
    try { if (existsSync(file)) writeFileSync(file + end, bytes, { flag: 'wx', mode: 0o666 }); } catch {}
  }`;

test.runIf(isRoot)('removes nothing, and what is recorded is kept', async () => {
  const folder = testFolder();
  chmodSync(folder, 0o1777);
  const [precious, journal] = [join(folder, 'precious'), join(folder, 'journal')];
  writeFileSync(precious, 'precious');
  const rounds = Array.from({ length: 9 }, (_, round) => join(folder, `${round}.qmptap`));
  writeFileSync(journal, hotJournal('recordings/demo.qmptap', precious), { mode: 0o644 });
  const attacker = start(process.execPath, ['-e', attack, journal, ...rounds], { uid: nobody, gid: nobody });
  await attacker.says(/ready/, 'stdout');
  for (const path of rounds) {
    const troubles: string[] = [];
    const recorder = await createRecording(path, {
      createdBy: 'test',
      onTrouble: (line) => troubles.push(line),
    }).catch(() => undefined);
    if (recorder === undefined) continue; // they were quicker, and it was refused
    chatter(recorder, recorder.open(sessionStart, 0), 20);
    await recorder.flush();
    await recorder.finish();
    expect(readFileSync(precious, 'utf8'), path).toBe('precious');
  }
  attacker.signal('SIGKILL');
  await attacker.ended;
  expect(readFileSync(precious, 'utf8')).toBe('precious');
  for (const path of rounds.filter((one) => existsSync(one))) {
    // The remedy that is named: away with the journal, and all is there.
    for (const end of ['-journal', '-lock-journal']) rmSync(path + end, { force: true });
    using reader = openRecording(path);
    expect(reader.count()).toBe(43);
  }
});
