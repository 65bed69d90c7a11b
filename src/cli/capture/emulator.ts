/** Writes an emulator and says what to do with it. */
import { resolve } from 'node:path';
import { escapeText } from '../../inspect/format.js';
import { writeRecordingEmulator, writeReplayingEmulator } from '../../launch/emulator/emulator.js';
import { say } from '../output/output.js';
import { version } from '../../version.js';
import { executable } from '../executable.js';
import { limitArguments, type RecordingLimits } from '../../launch/record/recording-limits.js';

export interface EmulatorFlags extends RecordingLimits {
  qemu?: string;
  recordings?: string;
  agent?: boolean;
  probe?: boolean;
  replay?: string[];
  forRoot?: string;
  force?: boolean;
}

/** The flags have been checked. */
export function emulatorCommand(path: string, flags: EmulatorFlags): void {
  const { qemu, recordings, replay, forRoot, agent = false, probe = false, force = false } = flags;
  const program = [process.execPath, executable];
  const common = { path, force, version: `qmptap ${version}`, program, forRoot };
  let missing: readonly string[];
  if (replay !== undefined) {
    missing = writeReplayingEmulator({ ...common, replay, qemu });
  } else {
    const limits = limitArguments(flags);
    missing = writeRecordingEmulator({
      ...common,
      qemu: qemu ?? '',
      recordings: recordings ?? '',
      agent,
      probe,
      limits,
    });
  }
  for (const line of missing) say(escapeText(line));
  const where = escapeText(resolve(path));
  process.stdout.write(`${where}: for a VM's XML: <emulator>${inXml(where)}</emulator>\n`);
}

function inXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}
