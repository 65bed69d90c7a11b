/** Recordings as files, made from conversations written as text, through the real store. */
import { createRecording } from '../../src/store/index/recorder.js';
import { latin1, type Script, sessionStart } from './recorded.js';

/** Each script is one session, one millisecond a line; see `recorded.ts`. */
export async function recordingFile(path: string, ...scripts: readonly Script[]): Promise<string> {
  const troubles: string[] = [];
  const recording = await createRecording(path, {
    createdBy: 'test',
    onTrouble: (line) => troubles.push(line),
  });
  for (const script of scripts) {
    const id = recording.open(sessionStart(), 0);
    script.forEach((line, place) => {
      const dir = line.startsWith('->') ? 'c2s' : 's2c';
      recording.chunk(id, dir, (place + 1) * 1e6, latin1(`${line.slice(3)}\r\n`), 0);
    });
    recording.close(id, (script.length + 1) * 1e6, 'client-closed', undefined);
  }
  await recording.finish();
  if (troubles.length > 0) throw new Error(troubles.join('; '));
  return path;
}
