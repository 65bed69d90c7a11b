/** By which rules a recorded server read what its client sent, from what it said. */
import { classicInput, eagerInput, type FramerProfile } from '../../json/framing/profile.js';
import { readRefusal, rulesOfVersion } from '../../qmp/input-rules.js';
import type { SessionPlan } from './plan.js';

/** By the version in the greeting, else by the first refusal, else classic. */
export function inputProfile({ session, steps }: Pick<SessionPlan, 'session' | 'steps'>): FramerProfile {
  return rulesOf(session, steps) === 'eager' ? eagerInput : classicInput;
}

function rulesOf(session: SessionPlan['session'], steps: SessionPlan['steps']): 'classic' | 'eager' {
  if (session.version !== undefined) return rulesOfVersion(session.version.qemu);
  for (const { message } of steps) {
    // A refused message has no id that could come back.
    if (message.kind !== 'error' || message.id !== undefined) continue;
    const { rules } = readRefusal(message.raw);
    if (rules !== undefined) return rules;
  }
  return 'classic';
}
