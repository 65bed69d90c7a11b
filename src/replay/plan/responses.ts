/** The few messages that a replayed server makes itself, in the style of the recorded one. */
import { printQmp } from '../../json/print.js';
import { fromPlain } from '../../json/value.js';
import { negotiation, type SessionPlan } from './plan.js';

const encoder = new TextEncoder();

/** An error response of class GenericError; `id` is JSON text. */
export type ErrorResponse = (desc: string, id: string | undefined) => Uint8Array;

/** Makes error responses that end as the recorded server's messages do: CRLF from QEMU, LF from the guest agent. */
export function errorResponses(plan: SessionPlan): ErrorResponse {
  const { session } = plan;
  const end = lineEnd(plan);
  // The draft protocol 0.1 has a member `data` in every error.
  const data = session.version !== undefined && session.version.qemu === undefined ? { data: {} } : {};
  return (desc, id) => {
    const error = printQmp(fromPlain({ class: 'GenericError', desc, ...data }));
    const echoed = id === undefined ? '' : `"id": ${id}, `;
    return encoder.encode(`{${echoed}"error": ${error}}${end}`);
  };
}

/**
 * A greeting for a session that was imported without one. Offers `oob` only if the recorded client
 * enabled it, for a client that is offered it may negotiate otherwise than recorded.
 */
export function madeUpGreeting(plan: SessionPlan): Uint8Array {
  const negotiated = plan.steps.find(({ message }) => message.name === negotiation)?.message.raw;
  const enabled = negotiated !== undefined && new TextDecoder().decode(negotiated).includes('"oob"');
  const version = { qemu: { micro: 0, minor: 0, major: 0 }, package: 'qmptap replay' };
  const greeting = { QMP: { version, capabilities: enabled ? ['oob'] : [] } };
  return encoder.encode(printQmp(fromPlain(greeting)) + lineEnd(plan));
}

/** The response to a negotiation that was not recorded; `id` is JSON text. */
export function madeUpNegotiation(plan: SessionPlan, id: string | undefined): Uint8Array {
  const echoed = id === undefined ? '' : `, "id": ${id}`;
  return encoder.encode(`{"return": {}${echoed}}${lineEnd(plan)}`);
}

/** As the server ended its first message. */
function lineEnd({ session, steps }: SessionPlan): string {
  const byDefault = session.dialect === 'qga' ? '\n' : '\r\n';
  const recorded = steps.find(({ message }) => message.dir === 's2c' && message.raw.includes(0x7d))?.message
    .raw;
  if (recorded?.at(-1) !== 0x0a) return byDefault;
  return recorded.at(-2) === 0x0d ? '\r\n' : '\n';
}
