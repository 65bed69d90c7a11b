/** A conversation with a secret in two places. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { testFolder } from '../../support/folder.js';
import { greeting, type Script } from '../../support/recorded.js';
import { recordingFile } from '../../support/recording-file.js';

export const secret = 'Canary-3f9a1c';

const conversation: Script = [
  `<- ${greeting}`,
  '-> {"execute":"qmp_capabilities","id":"libvirt-1"}',
  '<- {"return": {}, "id": "libvirt-1"}',
  `-> {"execute":"set_password","arguments":{"protocol":"vnc","password":"${secret}"},"id":"libvirt-2"}`,
  `<- {"error": {"class": "GenericError", "desc": "${secret} is no good"}, "id": "libvirt-2"}`,
  '<- {"timestamp": {"seconds": 1, "microseconds": 2}, "event": "STOP"}',
];

export async function made(): Promise<{ folder: string; file: string }> {
  const folder = testFolder();
  return { folder, file: await recordingFile(join(folder, 'a.qmptap'), conversation) };
}

/** Every byte of every file in a folder. */
export function everything(folder: string): string {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'latin1'))
    .join('\n');
}
