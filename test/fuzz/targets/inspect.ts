/** A conversation as a recording in memory, looked at in every way. */
import assert from 'node:assert/strict';
import { MemoryRecording } from '../../../src/recording/memory.js';
import { memorySink } from '../../support/imported.js';
import { latin1 } from '../../support/frames.js';
import { conversationSeeds, conversationWords, tell } from '../support/conversation.js';
import { looks } from '../support/looking.js';
import type { Target } from '../target.js';

export const target: Target = {
  holds: 'any conversation is kept byte for byte, and whatever looks at it ends and prints what is safe',
  maxLength: 2000,
  words: conversationWords,
  seeds: () => conversationSeeds,
  run(input) {
    const recording = new MemoryRecording();
    const sink = memorySink(recording);
    const said = new Map<string, string>();
    tell(input, {
      ...sink,
      chunk: (session, { dir, t, bytes, fds }) => {
        said.set(`${session} ${dir}`, (said.get(`${session} ${dir}`) ?? '') + latin1(bytes));
        sink.chunk(session, { dir, t, bytes, fds });
      },
    });
    // Of a session that still runs, the frame that has begun is not there yet.
    for (const [stream, bytes] of said) {
      const [session, dir] = stream.split(' ');
      const kept = Array.from(recording.messages({ session: Number(session) }))
        .filter((message) => message.dir === dir)
        .map(({ raw }) => latin1(raw));
      if (recording.sessions()[Number(session) - 1]?.end === undefined)
        assert.ok(bytes.startsWith(kept.join('')));
      else assert.equal(kept.join(''), bytes);
    }
    for (const look of Object.values(looks)) look(recording);
  },
};
