/**
 * Records a flood of events until it is killed, for the tests of crashes:
 *
 *     node --import tsx test/store/flood.ts FILE
 *
 * Prints how many events are surely in the file, again and again.
 */
import { createRecording } from '../../src/store/index/recorder.js';
import { sessionStart } from '../support/recorded.js';

const recorder = await createRecording(process.argv[2] ?? '', {
  createdBy: 'flood',
  segmentSize: 200_000,
  onTrouble: (line) => process.stderr.write(`${line}\n`),
});
const encoder = new TextEncoder();
const now = (): number => Number(process.hrtime.bigint());
const session = recorder.open(sessionStart(), now());
for (let event = 1; ;) {
  for (let chunk = 0; chunk < 40; chunk++) {
    let text = '';
    for (let line = 0; line < 25; line++) text += `{"event": "FLOOD", "data": {"n": ${event++}}}\r\n`;
    recorder.chunk(session, { dir: 's2c', t: now(), bytes: encoder.encode(text), fds: 0 });
    await new Promise((resolve) => setImmediate(resolve));
  }
  if (event % 3000 === 1) await recorder.flush();
  process.stdout.write(event % 3000 === 1 ? `${event - 1}\n` : '.\n');
}
