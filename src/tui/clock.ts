/** Times as the screen shows them: since a session began, or of day; and how long something waits by now. */
import { formatSeconds } from '../inspect/format.js';
import type { Session } from '../recording/session.js';

export type TimeStyle = 'relative' | 'absolute';

/** `12.345678`, or `08:52:30.127` in local time. */
export function timeText(t: number, session: Session | undefined, style: TimeStyle): string {
  if (style === 'relative' || session === undefined) return formatSeconds(t);
  return timeOfDay(session.started + t / 1000);
}

/** `08:52:30.127` in local time, of microseconds since 1970. */
export function timeOfDay(micros: number): string {
  const date = new Date(micros / 1000);
  const parts = [date.getHours(), date.getMinutes(), date.getSeconds()];
  const clock = parts.map((part) => String(part).padStart(2, '0')).join(':');
  return `${clock}.${String(date.getMilliseconds()).padStart(3, '0')}`;
}

/** How long a session has lasted: nanoseconds from its beginning to now, or to its end. */
export function sessionNow(session: Session, live: boolean, last: number): number {
  if (session.ended !== undefined) return session.ended;
  return live ? Math.max(last, (Date.now() * 1000 - session.started) * 1000) : last;
}
