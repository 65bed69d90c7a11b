/** What differs from a profile: slower than it almost ever was, or never seen. */
import type { MessageRef } from '../../recording/message.js';
import type { RecordingReader } from '../../recording/ports.js';
import { compareWithProfile } from '../profile/compare.js';
import type { Profile } from '../profile/profile.js';
import { profileFindingText } from '../profile/profile-text.js';
import type { Moment } from '../stories/story.js';
import { type Finding, filterOf, finding } from './finding.js';

/** Slower than this many times is no chance. */
const muchSlower = 2;

/** What a recording has otherwise than a profile. */
export function* profileFindings(profile: Profile, reader: RecordingReader): Iterable<Finding> {
  for (const one of compareWithProfile(profile, reader)) {
    const { session } = one.at;
    const seqs = one.refs.filter((ref) => ref.session === session).map(({ seq }) => seq);
    const isSlow = one.kind === 'slower';
    yield finding({
      kind: isSlow ? 'slower-than-usual' : 'never-seen',
      level: isSlow && one.worst >= muchSlower * one.usual ? 'warning' : 'note',
      at: momentOf(reader, one.at),
      subject: one.command,
      title: profileFindingText(one),
      cause: isSlow
        ? 'In the recordings of the profile all but one in a thousand of these took less.'
        : 'No recording of the profile has it: the client, its version or its configuration is another one.',
      seqs: seqs.slice(0, 20),
      count: one.count,
      next: { command: 'show', filter: filterOf(session, seqs.slice(0, 20)) },
    });
  }
}

function momentOf(reader: RecordingReader, { session, seq }: MessageRef): Moment | undefined {
  const message = reader.message(session, seq);
  const started = reader.session(session)?.started ?? 0;
  return message && { session, seq, t: message.t, started, untimed: message.untimed };
}
