/**
 * The few responses that a replayed server makes itself, in the manner of the recorded one.
 * Knows nothing of why.
 */
import { printQmp } from '../json/print.js';
import { fromPlain } from '../json/value.js';
import type { SessionPlan } from './plan.js';

const encoder = new TextEncoder();

/** An error response of class GenericError; `id` is JSON text. */
export type ErrorResponse = (desc: string, id: string | undefined) => Uint8Array;

/** Makes error responses that end as the recorded server's messages do: CRLF from QEMU, LF from the guest agent. */
export function errorResponses({ session, steps }: SessionPlan): ErrorResponse {
  const recorded = steps.find(({ message }) => message.dir === 's2c' && message.raw.includes(0x7d))?.message
    .raw;
  const end = recorded === undefined ? defaultEnd(session.dialect) : endOf(recorded, session.dialect);
  // The draft protocol 0.1 has a member `data` in every error.
  const data = session.version !== undefined && session.version.qemu === undefined ? { data: {} } : {};
  return (desc, id) => {
    const error = printQmp(fromPlain({ class: 'GenericError', desc, ...data }));
    const echoed = id === undefined ? '' : `"id": ${id}, `;
    return encoder.encode(`{${echoed}"error": ${error}}${end}`);
  };
}

function endOf(raw: Uint8Array, dialect: 'qmp' | 'qga'): string {
  if (raw.at(-1) !== 0x0a) return defaultEnd(dialect);
  return raw.at(-2) === 0x0d ? '\r\n' : '\n';
}

function defaultEnd(dialect: 'qmp' | 'qga'): string {
  return dialect === 'qga' ? '\n' : '\r\n';
}
