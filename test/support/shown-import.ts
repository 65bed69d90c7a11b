/** What an import gave, in lines that a test can compare. */
import type { ImportFormatName } from '../../src/formats/table.js';
import { imported } from './imported.js';

export interface Shown {
  /** `SESSION MILLISECONDS -> TEXT`, with `+fd` where a descriptor came along. */
  readonly messages: readonly string[];
  readonly skipped: readonly string[];
  readonly format: ImportFormatName | undefined;
  readonly sessions: number;
}

export function shown(text: string): Shown {
  const { recording, skipped, format } = imported(text);
  const messages = Array.from(recording.messages(), (one) => {
    const raw = Buffer.from(one.raw)
      .toString('latin1')
      .trimEnd()
      .replace(/\s*\r\n\s*/g, ' ');
    return `${one.session} ${one.t / 1e6} ${one.dir === 'c2s' ? '->' : '<-'}${one.fds > 0 ? ' +fd' : ''} ${raw}`;
  });
  return { messages, skipped, format, sessions: recording.sessions().length };
}
