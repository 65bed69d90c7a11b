import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { replayClient } from '../../../src/launch/replay/replay-client.js';
import { replayServer } from '../../../src/launch/replay/replay-server.js';
import { openRecording } from '../../../src/store/index/open.js';

const files = readdirSync('recordings').filter((name) => name.endsWith('.qmptap'));

test('there are recordings', () => {
  expect(files.length).toBeGreaterThan(0);
});

test.each(files)('%s replayed against itself does not diverge', async (name) => {
  const file = join('recordings', name);
  using recording = openRecording(file);
  for (const match of ['strict', 'content'] as const) {
    for (const { id, messages } of recording.sessions()) {
      const server = await replayServer(recording, { session: id, match });
      onTestFinished(() => server[Symbol.asyncDispose]());
      const client = await replayClient(file, { connect: server.address, session: id });
      await client.verify();
      await server.verify();
      expect((await client.finished).sessions[0]?.played).toBeGreaterThan(0);
      expect(messages).toBeGreaterThan(2);
    }
  }
});
