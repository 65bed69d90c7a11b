/** Recordings as files, made from conversations written as text, through the real store. */
import { createRecording } from '../../src/store/index/recorder.js';
import { play, startOf } from './conversation.js';
import { conversationOf, type Script } from './recorded.js';

/** Each script is one session, one millisecond a line; see `recorded.ts`. */
export async function recordingFile(path: string, ...scripts: readonly Script[]): Promise<string> {
  const troubles: string[] = [];
  const recording = await createRecording(path, {
    createdBy: 'test',
    onTrouble: (line) => troubles.push(line),
  });
  for (const script of scripts) {
    const conversation = conversationOf(script);
    play(recording, recording.open(startOf(conversation), 0), conversation);
  }
  await recording.finish();
  if (troubles.length > 0) throw new Error(troubles.join('; '));
  return path;
}
