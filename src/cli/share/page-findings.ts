/** What an exported page says of what went wrong: the findings of `why`, without secrets. */
import { collectFindings } from '../../inspect/why/why.js';
import { findingJson } from '../../inspect/why/why-text.js';
import type { RecordingReader } from '../../recording/ports.js';
import type { Redactor } from '../../redact/redactor.js';

/** The findings of all that is recorded in these sessions, also of messages that are not exported. */
export function pageFindings(
  reader: RecordingReader,
  sessions: readonly { readonly id: number }[],
  redactor: Pick<Redactor, 'text'> | undefined,
): readonly object[] {
  const exported = new Set(sessions.map(({ id }) => id));
  const safe = (text: string): string => redactor?.text(text) ?? text;
  return collectFindings(reader, { now: reader.info.live ? Date.now() * 1000 : undefined })
    .filter(({ at }) => at === undefined || exported.has(at.session))
    .map((one) => ({
      // The command names files of the one who exports.
      ...findingJson({ ...one, subject: safe(one.subject), title: safe(one.title) }, []),
      next: undefined,
    }));
}
