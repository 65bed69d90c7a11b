/** Findings of conversations, and their essence. */
import { parseFilter } from '../../../src/inspect/filter/filter.js';
import type { Finding } from '../../../src/inspect/why/finding.js';
import { collectFindings } from '../../../src/inspect/why/why.js';
import type { MemoryRecording } from '../../../src/recording/memory.js';
import { type Conversation, type Line, played } from '../../support/conversation.js';

export type Said = Line | readonly Line[];

export function lines(...said: readonly Said[]): readonly Line[] {
  return said.flatMap((line) => (typeof line[0] === 'string' ? [line as Line] : (line as Line[])));
}

/** What is found in one session with these lines. */
export function found(...said: readonly Said[]): readonly string[] {
  return foundIn({ lines: lines(...said), endAfter: 1 });
}

export function foundIn(...sessions: readonly Conversation[]): readonly string[] {
  return essences(played(...sessions));
}

export function essences(recording: MemoryRecording, now?: number): readonly string[] {
  return collectFindings(recording, { now }).map((one) => {
    // Whatever was said, what to look at next can be asked.
    parseFilter(one.next.filter);
    return essence(one);
  });
}

/** `error held-monitor 1/904,905: the title`. */
export function essence({ level, kind, at, seqs, title }: Finding): string {
  return `${level} ${kind}${at === undefined ? '' : ` ${at.session}/${seqs.join()}`}: ${title}`;
}
