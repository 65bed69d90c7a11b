import { join } from 'node:path';
import { expect, test } from 'vitest';
import { goesOnFrom, recordedStarts } from '../../../src/launch/emulator/recorded-start.js';
import { openRecording } from '../../../src/store/index/open.js';
import { createRecording } from '../../../src/store/index/recorder.js';
import { testFolder } from '../../support/folder.js';

interface Recorded {
  readonly note?: string;
  readonly sent?: string;
}

/** What is told of sessions, each with a note or a command. */
async function startsOf(...sessions: readonly Recorded[]): Promise<unknown> {
  const path = join(testFolder(), 'a.qmptap');
  {
    await using recorder = await createRecording(path, { createdBy: 'a test', onTrouble: () => undefined });
    for (const { note, sent = 'query-status' } of sessions) {
      const peers = { client: { address: 'c' }, server: { address: 's' } };
      const session = recorder.open({ label: 'vm', dialect: 'qmp', ...peers, started: 1 }, 0);
      if (note !== undefined) recorder.note(session, 0, note);
      const bytes = Buffer.from(`{"execute":"${sent}"}\r\n`);
      recorder.chunk(session, { dir: 'c2s', t: 1, bytes, fds: 0 });
      recorder.close(session, 2, 'client-closed', undefined);
    }
  }
  using reader = openRecording(path);
  return [...recordedStarts(reader, reader.sessions()).values()].map(({ kind, later }) =>
    later ? `later ${kind ?? '?'}` : (kind ?? '?'),
  );
}

const qemu = "/usr/bin/qemu -name 'a vm' -chardev socket,id=m,fd=3,server=on -mon m,mode=control";

test.each<[string, readonly Recorded[], readonly string[]]>([
  ["by QEMU's arguments, which count for the sessions behind, too", [{ note: qemu }, {}], ['plain', 'plain']],
  ['restored', [{ note: `${qemu} -incoming fd:5` }], ['incoming']],
  ['from a snapshot', [{ note: `${qemu} -loadvm 'the first'` }], ['loadvm']],
  ['restored, whatever else', [{ note: `${qemu} -loadvm x -incoming defer` }], ['incoming']],
  ['several in one file', [{ note: qemu }, { note: `${qemu} -loadvm x` }], ['plain', 'later loadvm']],
  ['goes on', [{ note: `${goesOnFrom}a.qmptap, whose recorder was killed\n${qemu}` }], ['later plain']],
  ['by traffic, where no note tells', [{ sent: 'migrate-incoming' }, {}], ['incoming', 'incoming']],
  ['unknown', [{ note: 'a descriptor was lost' }], ['?']],
  ['a quote that is never closed', [{ note: `${qemu} 'x` }], ['?']],
])('%s', async (_, sessions, expected) => {
  expect(await startsOf(...sessions)).toEqual(expected);
});
