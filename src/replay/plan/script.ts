/**
 * A server written by hand: exchanges as plain values, turned into a session as if it had been
 * recorded, so that a test can have a QEMU that never existed.
 *
 *     [{ '->': { execute: 'query-status' }, '<-': { return: { status: 'running' } } },
 *      { '<-': { event: 'SHUTDOWN' } }]
 *
 * What every QMP session begins with, greeting and capabilities negotiation, need not be written.
 */
import { UsageError } from '../../errors.js';
import { printQmp } from '../../json/print.js';
import { fromPlain } from '../../json/value.js';
import { classifyClient, classifyServer } from '../../qmp/message.js';
import type { Direction, Message } from '../../recording/message.js';
import type { Dialect } from '../../recording/session.js';
import type { PlannedSession } from './plan.js';
import type { UnstableRule } from '../../recording/unstable.js';

/** A message as plain JavaScript; a bigint where a number would lose digits. */
export type ScriptMessage = Readonly<Record<string, unknown>>;

/** One exchange, or what the server sends on its own. */
export interface ScriptEntry {
  /** What the client sends. Its id, if it has one, is not compared. */
  readonly '->'?: ScriptMessage;
  /** What the server sends then, without an id: the client's id is put in. */
  readonly '<-'?: ScriptMessage | readonly ScriptMessage[];
  /** The server closes the connection; only in the last entry. */
  readonly close?: true;
}

/** A server written by hand: what passes, in its order. */
export type Script = readonly ScriptEntry[];

/** A session that was not recorded but written. */
export interface ScriptedSession {
  readonly session: PlannedSession;
  readonly messages: readonly Message[];
}

const encoder = new TextEncoder();

const greeting: ScriptMessage = {
  QMP: { version: { qemu: { micro: 0, minor: 0, major: 10 }, package: '' }, capabilities: ['oob'] },
};
const negotiation: ScriptEntry = { '->': { execute: 'qmp_capabilities' }, '<-': { return: {} } };

/** A script does not care which capabilities a client enables. */
export const scriptRules: readonly UnstableRule[] = [
  { in: 'command', of: 'qmp_capabilities', path: 'arguments', because: 'a script takes any capabilities' },
];

/**
 * Compiles a script into session number `id`.
 * @throws UsageError for an empty entry, or one that cannot be written as JSON
 */
export function scriptSession(script: Script, id = 1): ScriptedSession {
  const dialect = dialectOf(script);
  const messages: Message[] = [];
  const add = (dir: Direction, message: ScriptMessage, replyTo?: number): number => {
    messages.push(scripted(message, dir, dialect, { session: id, seq: messages.length + 1, replyTo }));
    return messages.length;
  };
  const entries = dialect === 'qga' ? script : [...beginning(script), ...script];
  for (const [at, entry] of entries.entries()) {
    check(entry, at === entries.length - 1);
    const command = entry['->'] && add('c2s', entry['->']);
    let answered = false;
    for (const message of listed(entry['<-'])) {
      const answers: boolean = !answered && ('return' in message || 'error' in message);
      add('s2c', message, answers ? command : undefined);
      answered ||= answers;
    }
  }
  const end = script.at(-1)?.close ? 'server-closed' : 'client-closed';
  return { session: { id, label: 'script', dialect, version: undefined, end, ended: 0 }, messages };
}

/** The greeting and the negotiation, where the script leaves them out. */
function beginning(script: Script): ScriptEntry[] {
  const greets = listed(script[0]?.['<-']).some((message) => 'QMP' in message);
  const first = script.find((entry) => entry['->'] !== undefined)?.['->'];
  const negotiates = first?.['execute'] === 'qmp_capabilities';
  return [...(greets ? [] : [{ '<-': greeting }]), ...(greets || negotiates ? [] : [negotiation])];
}

function dialectOf(script: Script): Dialect {
  const names = script.map((entry) => entry['->']?.['execute']).filter((name) => typeof name === 'string');
  return names.some((name) => name.startsWith('guest-')) ? 'qga' : 'qmp';
}

function check(entry: ScriptEntry, last: boolean): void {
  const shown = JSON.stringify(entry, (_, value: unknown) =>
    typeof value === 'bigint' ? String(value) : value,
  );
  if (entry['->'] === undefined && entry['<-'] === undefined && entry.close === undefined) {
    throw new UsageError({
      subject: 'script',
      reason: `the entry ${shown} says nothing`,
      remedy: "give it a '->' or a '<-'",
    });
  }
  if (entry.close && !last)
    throw new UsageError({
      subject: 'script',
      reason: `nothing can follow ${shown}`,
      remedy: 'put close into the last entry',
    });
}

function listed(side: ScriptEntry['<-']): readonly ScriptMessage[] {
  if (side === undefined) return [];
  return Array.isArray(side) ? (side as readonly ScriptMessage[]) : [side as ScriptMessage];
}

function scripted(
  plain: ScriptMessage,
  dir: Direction,
  dialect: Dialect,
  place: { readonly session: number; readonly seq: number; readonly replyTo: number | undefined },
): Message {
  const raw = encoder.encode(textOf(plain) + (dialect === 'qga' ? '\n' : '\r\n'));
  const what = dir === 'c2s' ? classifyClient(raw, undefined) : classifyServer(raw, undefined);
  return {
    ...what,
    ...place,
    index: place.seq,
    dir,
    t: 0,
    command: undefined,
    latency: undefined,
    late: undefined,
    fds: 0,
    injected: false,
    raw,
  };
}

function textOf(plain: ScriptMessage): string {
  try {
    return printQmp(fromPlain(plain));
  } catch (cause) {
    const reason = `a message holds what JSON cannot say (${String(cause)})`;
    throw new UsageError({ subject: 'script', reason }, { cause });
  }
}
