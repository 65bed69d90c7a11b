/** A recorded conversation, and a client that repeats it. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { testFolder } from '../../support/folder.js';
import { greeting } from '../../support/recorded.js';
import { recordingFile } from '../../support/recording-file.js';

export const begin = [
  `<- ${greeting}`,
  '-> {"execute":"qmp_capabilities","id":1}',
  '<- {"return": {}, "id": 1}',
];
export const session = [
  ...begin,
  '-> {"execute":"query-status","id":2}',
  '<- {"return": {"status": "running"}, "id": 2}',
  '-> {"execute":"stop","id":3}',
  '<- {"timestamp": {"seconds": 1, "microseconds": 2}, "event": "STOP"}',
  '<- {"return": {}, "id": 3}',
];

/** Says each of its arguments as a command, prints what comes, and exits with $CODE. */
const client = `
const [, , ...names] = process.argv;
const socket = require('node:net').connect(process.env.QMPTAP_ADDRESS.replace('unix:', ''));
let text = '';
const next = () => {
  const name = names.shift();
  if (name === undefined) { socket.end(); process.exitCode = Number(process.env.CODE ?? 0); }
  else socket.write(JSON.stringify({ execute: name, id: name }) + '\\r\\n');
};
socket.on('data', (chunk) => {
  for (text += chunk; text.includes('\\n'); text = text.slice(text.indexOf('\\n') + 1)) {
    const line = text.slice(0, text.indexOf('\\n'));
    console.log(line.trim());
    if (!line.includes('"event"')) next();
  }
});
`;

/** A folder with a recording of these sessions, and the flags that run the client above. */
export async function setUp(
  ...sessions: string[][]
): Promise<{ folder: string; file: string; exec: string[] }> {
  const folder = testFolder();
  const program = join(folder, 'client.cjs');
  writeFileSync(program, client);
  const file = await recordingFile(join(folder, 'r.qmptap'), ...sessions);
  return { folder, file, exec: ['--exec', '--', process.execPath, program] };
}

/** The commands of `session`. */
export const whole = ['qmp_capabilities', 'query-status', 'stop'];
