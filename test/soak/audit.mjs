/** A thread that reads finished recordings and says, session by session, what is in them. */
import { parentPort } from 'node:worker_threads';
import { openRecording } from '../../dist/index.js';
import { Account } from './peers.mjs';

parentPort.on('message', (path) => {
  try {
    parentPort.postMessage({ path, ...read(path) });
  } catch (error) {
    parentPort.postMessage({ path, sessions: [], trouble: String(error) });
  }
});

function read(path) {
  const recording = openRecording(path);
  try {
    const sessions = recording.sessions().map(({ id, end }) => {
      const said = { c2s: new Account(), s2c: new Account() };
      let number;
      for (const message of recording.messages({ session: id })) {
        said[message.dir].add(message.raw, 1);
        number ??= /^"soak-(\d+)-/.exec(message.id ?? '')?.[1];
      }
      return { number: Number(number), end, c2s: said.c2s.close(), s2c: said.s2c.close() };
    });
    return { sessions, trouble: recording.info.incomplete };
  } finally {
    recording.close();
  }
}
