/**
 * The layout of libvirt's `tests/qemucapabilitiesdata/*.replies`: each command and the response to it as
 * indented blocks with one empty line between; no greeting and no events. libvirt's tests compare
 * commands as text, so members keep their order and numbers their spelling.
 */
import { tryParse } from '../../json/parse.js';
import { printJson } from '../../json/print.js';
import type { Message } from '../../recording/message.js';
import type { ExportInput } from '../export.js';
import { counted, safeLine } from '../plain-text.js';

/** Pairs that wait for an earlier command's response; an in-band client has one in flight. */
const maximumWaiting = 10_000;

/** Each command before its response, in the order of the commands. */
export function* exportReplies(input: ExportInput): Iterable<string> {
  const waiting = new Map<string, { command: string; response?: string }>();
  const left = { events: 0, others: 0 };
  if (input.marks.length > 0) input.omit(counted(input.marks.length, 'mark'));
  let between = '';
  const answered = function* (): Iterable<string> {
    for (const [key, { command, response }] of waiting) {
      if (response === undefined) {
        if (waiting.size <= maximumWaiting) return;
        input.omit(`a command without response: session ${key.replace(' ', ' #')}`);
      } else {
        yield `${between}${command}\n\n${response}\n`;
        between = '\n';
      }
      waiting.delete(key);
    }
  };
  for (const message of input.messages) {
    const block = blockOf(message);
    if (message.kind === 'command' && block !== undefined) {
      waiting.set(`${message.session} ${message.seq}`, { command: block });
    } else if ((message.kind === 'success' || message.kind === 'error') && block !== undefined) {
      const pair = waiting.get(`${message.session} ${message.replyTo ?? 0}`);
      if (pair === undefined) left.others += 1;
      else pair.response = block;
      yield* answered();
    } else if (message.kind === 'event') {
      left.events += 1;
    } else if (message.kind !== 'greeting') {
      left.others += 1;
    }
  }
  for (const [key, pair] of [...waiting]) {
    if (pair.response !== undefined) continue;
    input.omit(`a command without response: session ${key.replace(' ', ' #')}`);
    waiting.delete(key);
  }
  yield* answered();
  if (left.events > 0) input.omit(counted(left.events, 'event'));
  if (left.others > 0) input.omit(`${counted(left.others, 'message')} of other kinds`);
}

/** The indented block; undefined if the frame is not valid JSON. */
function blockOf({ raw }: Message): string | undefined {
  const value = tryParse(raw, { nonFinite: true });
  if (value === undefined) return undefined;
  return printJson(value, { indent: 2 }).split('\n').map(safeLine).join('\n');
}
