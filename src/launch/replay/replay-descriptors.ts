/**
 * The descriptors that a replayed client sends along where the recorded one did: `/dev/null`, or what the
 * user says. Knows the names that commands give their descriptors, and nothing else of them.
 */
import { constants, openSync } from 'node:fs';
import { UsageError } from '../../errors.js';
import { parseJson } from '../../json/parse.js';
import { isObject, type JsonValue } from '../../json/value.js';
import type { Message } from '../../recording/message.js';

/** Arguments by which users know a descriptor: of `getfd`, and of `add-fd`. */
const namingArguments = ['fdname', 'opaque'];

/** The name of the descriptor that a command carries; undefined if it gives none. */
export function descriptorName({ raw }: Message): string | undefined {
  let command: JsonValue;
  try {
    command = parseJson(raw);
  } catch {
    return undefined;
  }
  const given = isObject(command) ? command.get('arguments') : undefined;
  if (!isObject(given)) return undefined;
  return namingArguments.map((name) => given.get(name)).find((value) => typeof value === 'string');
}

/**
 * Opens what a message carries: as many descriptors as it had, the first being the file of its name in
 * `files`. They are the caller's to close.
 * @throws UsageError if a file cannot be opened
 */
export function openDescriptors(message: Message, files: ReadonlyMap<string, string>): number[] {
  const name = descriptorName(message);
  return Array.from({ length: message.fds }, (_, at) => {
    const path = at === 0 && name !== undefined ? files.get(name) : undefined;
    return path === undefined ? openSync('/dev/null', 'r+') : openFile(name ?? '', path);
  });
}

/** For reading and writing, made if it is not there; for reading only where no more is allowed. */
function openFile(name: string, path: string): number {
  try {
    return openSync(path, constants.O_RDWR | constants.O_CREAT, 0o600);
  } catch {
    try {
      return openSync(path, 'r');
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new UsageError(
        { subject: `--fd ${name}=${path}`, reason: `it cannot be opened (${reason})` },
        { cause },
      );
    }
  }
}
