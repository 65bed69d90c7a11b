/** What `qmptap profile` does: makes a profile of recordings and other profiles, and writes it or prints it. */
import { readFileSync, statSync } from 'node:fs';
import { RecordingError } from '../../errors.js';
import { parseProfile, printProfile } from '../../inspect/profile/profile-file.js';
import {
  profileLines,
  profileSummary,
  timeoutJson,
  timeoutLines,
} from '../../inspect/profile/profile-text.js';
import { Profile } from '../../inspect/profile/profile.js';
import { proposeTimeouts } from '../../inspect/profile/timeouts.js';
import { reasonOf } from '../../store/disk/files.js';
import { openRecording } from '../../store/index/open.js';
import { writeFile } from '../files/new-file.js';
import { filesOf } from '../files/source.js';
import { cut } from '../output/cut.js';
import { asciiJson, jsonLine, Lines, say, styled, terminalWidth } from '../output/output.js';

export interface ProfileOptions {
  /** Undefined: it is printed; `-`: as JSON. */
  readonly output: string | undefined;
  readonly force: boolean;
  readonly timeouts: boolean;
  readonly json: boolean;
}

/** A profile of a fleet has a few megabytes. */
const maxBytes = 64 << 20;

/**
 * Gives the exit code: 1 if one of several cannot be read.
 * @throws RecordingError if nothing can be read, OutputError
 */
export function profile(paths: readonly string[], { output, force, timeouts, json }: ProfileOptions): number {
  const made = new Profile();
  const files = filesOf(paths);
  const failures = files.flatMap((file) => addFile(made, file));
  const [failure] = failures;
  if (failures.length < files.length) for (const { message } of failures) say(message);
  else {
    throw (
      failure ??
      new RecordingError({ reason: 'no recordings in it' }, { path: paths[0] ?? '', code: 'MISSING' })
    );
  }
  if (output !== undefined && output !== '-') {
    writeFile(output, force, [printProfile(made)]);
    say(`${profileSummary(made)}: ${output}`);
  }
  const lines = new Lines();
  for (const line of printed(made, timeouts, json, output)) lines.write(line);
  lines.flush();
  return failures.length > 0 ? 1 : 0;
}

function addFile(made: Profile, file: string): readonly RecordingError[] {
  try {
    if (file.endsWith('.json')) made.merge(readProfile(file));
    else {
      using reader = openRecording(file, { onNotice: say });
      // Not half of one that turns out to be damaged.
      const one = new Profile();
      one.add(reader);
      made.merge(one);
    }
    return [];
  } catch (error) {
    if (error instanceof RecordingError) return [error];
    throw error;
  }
}

/** Reads a profile. @throws RecordingError if it is none */
export function readProfile(path: string): Profile {
  try {
    if (statSync(path).size <= maxBytes) return parseProfile(readFileSync(path, 'utf8'), path);
  } catch (error) {
    if (error instanceof RecordingError) throw error;
    throw new RecordingError({ reason: reasonOf(error) }, { path, cause: error, code: 'MISSING' });
  }
  throw new RecordingError({ reason: 'it is too large for a profile' }, { path, code: 'NOT_A_RECORDING' });
}

function* printed(
  made: Profile,
  timeouts: boolean,
  json: boolean,
  output: string | undefined,
): Iterable<string> {
  if (timeouts) {
    const proposals = proposeTimeouts(made);
    if (json) for (const proposal of proposals) yield jsonLine(timeoutJson(proposal));
    else yield* table(timeoutLines(proposals));
    if (proposals.length === 0) say('no command was answered: there is nothing to propose');
  } else if (output === '-' || (json && output === undefined)) yield asciiJson(printProfile(made));
  else if (output === undefined) {
    yield* table(profileLines(made));
    yield `${profileSummary(made)}\n`;
  }
}

function* table(lines: readonly string[]): Iterable<string> {
  for (const [row, line] of lines.entries()) {
    const text = cut(line, terminalWidth());
    yield `${row === 0 ? styled('dim', text) : text}\n`;
  }
}
