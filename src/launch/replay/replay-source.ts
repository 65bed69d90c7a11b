/** Where a replay gets its sessions from: a file, an open recording, or a script written by hand. */
import { RecordingError } from '../../errors.js';
import { chosenSession, noSession } from '../../recording/chosen-session.js';
import type { RecordingReader } from '../../recording/ports.js';
import type { Session } from '../../recording/session.js';
import { type PlanOptions, planSession, type SessionPlan } from '../../replay/plan/plan.js';
import { type Script, scriptRules, scriptSession } from '../../replay/plan/script.js';
import { openRecording } from '../../store/index/open.js';
import { type UnstableRule, unstableRules } from '../../recording/unstable.js';

/** A recording's path, a recording that is open, or a script. */
export type ReplaySource = string | RecordingReader | Script;

/** Sessions ready to be planned. */
export interface SessionSource extends Disposable {
  /** What to call it in a message. */
  readonly name: string;
  /** Numbers of the sessions, in their order. */
  readonly sessions: readonly number[];
  readonly rules: readonly UnstableRule[];
  plan(session: number, options: PlanOptions): SessionPlan;
}

/**
 * Opens what is to be replayed. Of a recording that is still being written, what there is now.
 * @param session only this one
 * @throws RecordingError if there is nothing to replay, UsageError for a script that makes no sense
 */
export function openSource(source: ReplaySource, session?: number): SessionSource {
  if (isScript(source)) return scripted(source);
  if (typeof source !== 'string') return stored(source, chosen(source, session), () => undefined);
  const reader = openRecording(source);
  const close = (): void => {
    reader.close();
  };
  try {
    return stored(reader, chosen(reader, session), close);
  } catch (error) {
    close();
    throw error;
  }
}

function isScript(source: ReplaySource): source is Script {
  return Array.isArray(source);
}

function scripted(script: Script): SessionSource {
  const { session, messages } = scriptSession(script);
  return {
    name: 'the script',
    sessions: [session.id],
    rules: [...unstableRules, ...scriptRules],
    plan: (_, options) => planSession(session, messages, options),
    [Symbol.dispose]: () => undefined,
  };
}

function stored(reader: RecordingReader, sessions: readonly Session[], close: () => void): SessionSource {
  const byId = new Map(sessions.map((session) => [session.id, session]));
  // A plan has no state, and what is looked at first is usually played first.
  let latest: { readonly key: string; readonly plan: SessionPlan } | undefined;
  return {
    name: reader.info.path,
    sessions: [...byId.keys()],
    rules: unstableRules,
    plan: (id, options) => {
      const session = byId.get(id);
      if (session === undefined) throw noSession(reader.info.path, id);
      const key = `${id} ${options.injected}`;
      if (latest?.key !== key) {
        latest = { key, plan: planSession(session, reader.messages({ session: id }), options) };
      }
      return latest.plan;
    },
    [Symbol.dispose]: close,
  };
}

function chosen(reader: RecordingReader, session: number | undefined): readonly Session[] {
  const { path } = reader.info;
  const sessions = reader.sessions();
  if (sessions.length === 0) {
    throw noSessions(path);
  }
  if (session === undefined) return sessions;
  return [chosenSession(reader, session)];
}

/** The error for a recording without a session. */
export function noSessions(path: string): RecordingError {
  return new RecordingError(
    { reason: 'it holds no sessions', remedy: 'record some traffic first' },
    { path },
  );
}
