/** A profile as JSON. docs/profile.md has the schema. */
import { RecordingError } from '../../errors.js';
import { Profile } from './profile.js';
import { growth, LatencySketch } from './sketch.js';

/** Raised when a reader of the version before would misunderstand it. */
export const profileVersion = 1;

/** One object. */
export function printProfile(profile: Profile): string {
  const commands = [...profile.commands].sort(([a], [b]) => (a < b ? -1 : 1));
  const { recordings, sessions } = profile;
  const head = { type: 'qmptap-profile', version: profileVersion, growth, recordings, sessions };
  return `${JSON.stringify({
    ...head,
    commands: Object.fromEntries(
      commands.map(([name, { count, errors, unanswered, shapes, followers }]) => [
        name,
        {
          count,
          errors,
          unanswered,
          shapes: Object.fromEntries(
            [...shapes].map(([shape, of]) => [shape, { max: of.max, buckets: of.buckets() }]),
          ),
          followers: Object.fromEntries(followers),
        },
      ]),
    ),
  })}\n`;
}

/**
 * The profile in a text that `printProfile` gave. It may be anybody's: what is not as it should be is an error.
 * @throws RecordingError with the reason
 */
export function parseProfile(text: string, path: string): Profile {
  const refuse = (reason: string, remedy?: string): never => {
    throw new RecordingError({ reason, remedy }, { path, code: 'NOT_A_RECORDING' });
  };
  let whole: unknown;
  try {
    whole = JSON.parse(text);
  } catch {
    return refuse('it is no profile: no JSON', '`qmptap profile DIR -o FILE` makes one');
  }
  if (!isRecord(whole) || whole['type'] !== 'qmptap-profile')
    return refuse('it is no profile', '`qmptap profile DIR -o FILE` makes one');
  const { version, commands, recordings, sessions } = whole;
  if (typeof version === 'number' && version > profileVersion)
    return refuse('it was made by a newer qmptap', 'please update');
  const profile = new Profile();
  profile.recordings = countOf(recordings);
  profile.sessions = countOf(sessions);
  if (whole['growth'] !== growth || !isRecord(commands)) return refuse('it is damaged: it has no commands');
  for (const [name, command] of Object.entries(commands)) {
    if (!isRecord(command) || !isRecord(command['shapes']) || !isRecord(command['followers']))
      return refuse(`it is damaged at command ${name}`);
    const known = profile.command(name);
    known.count += countOf(command['count']);
    known.errors += countOf(command['errors']);
    known.unanswered += countOf(command['unanswered']);
    for (const [shape, of] of Object.entries(command['shapes'])) {
      const sketch = isRecord(of) ? LatencySketch.of(of['buckets'], of['max']) : undefined;
      if (sketch === undefined) return refuse(`it is damaged at command ${name}`);
      profile.shape(name, shape).merge(sketch);
    }
    for (const [next, times] of Object.entries(command['followers']))
      profile.follow(name, next, countOf(times));
  }
  return profile;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function countOf(value: unknown): number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= 1e12 ? value : 0;
}
