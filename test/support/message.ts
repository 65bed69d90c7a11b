import type { Message, MessageKind } from '../../src/recording/message.js';

/** A message of this text, with the fields that matter to a test. */
export function message(kind: MessageKind, text: string, fields: Partial<Message> = {}): Message {
  return {
    index: 1,
    session: 1,
    seq: 1,
    dir: kind === 'command' ? 'c2s' : 's2c',
    t: 0,
    kind,
    name: undefined,
    id: undefined,
    oob: false,
    replyTo: undefined,
    command: undefined,
    latency: undefined,
    late: undefined,
    problem: undefined,
    fds: 0,
    injected: false,
    raw: new TextEncoder().encode(text),
    ...fields,
  };
}
