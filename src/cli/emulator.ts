/** Writes an emulator and says what to do with it. */
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { escapeText } from '../inspect/format.js';
import { writeRecordingEmulator, writeReplayingEmulator } from '../launch/emulator.js';
import { limitArguments } from './limits.js';
import { version } from '../version.js';
import type { EmulatorFlags } from './commands/emulator.js';

const main = fileURLToPath(new URL('main.js', import.meta.url));

/** The flags have been checked. */
export function emulatorCommand(path: string, flags: EmulatorFlags): void {
  const { qemu, recordings, replay, agent = false, probe = false, force = false } = flags;
  const common = { path, force, version: `qmptap ${version}`, program: [process.execPath, main] };
  if (replay !== undefined) {
    writeReplayingEmulator({ ...common, replay, qemu });
  } else {
    const limits = limitArguments(flags);
    writeRecordingEmulator({
      ...common,
      qemu: qemu ?? '',
      recordings: recordings ?? '',
      agent,
      probe,
      limits,
    });
  }
  const where = escapeText(resolve(path));
  process.stdout.write(`${where}: for a VM's XML: <emulator>${inXml(where)}</emulator>\n`);
}

function inXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}
