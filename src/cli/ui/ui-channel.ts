/**
 * What a UI in its own process and the recorder that started it say to each other: lines for the user one
 * way, commands to send into a session the other way. Over Node's channel between parent and child.
 */
import { escapeText } from '../../inspect/format.js';

/** From the UI. `token` finds the answer. */
export interface FromUi {
  readonly type: 'send';
  readonly token: number;
  readonly session: number;
  readonly text: string;
}

/** To the UI. `trouble`: why nothing was sent. `notice`: a line for the user. */
export type ToUi =
  | { readonly type: 'sent'; readonly token: number; readonly trouble: string | undefined }
  | { readonly type: 'notice'; readonly text: string };

/** Set for a UI that may send. */
export const sendingAllowed = 'QMPTAP_UI_MAY_SEND';

/** What the UI says first. */
export const firstNotice = 'QMPTAP_UI_NOTICE';

export interface UiChannel {
  /** Gives what there is to say about it. */
  readonly send: ((session: number, text: string) => Promise<string | undefined>) | undefined;
  close(): void;
}

/** The UI's end, which receives lines for the user; undefined if no recorder started this UI. */
export function uiChannel(notice: (text: string) => void): UiChannel | undefined {
  if (process.send === undefined) return undefined;
  const waiting = new Map<number, (trouble: string | undefined) => void>();
  process.on('message', (message) => {
    if (!isToUi(message)) return;
    if (message.type === 'notice') {
      notice(message.text);
      return;
    }
    waiting.get(message.token)?.(message.trouble);
    waiting.delete(message.token);
  });
  process.once('disconnect', () => {
    for (const settle of waiting.values()) settle('the recorder has ended');
    waiting.clear();
  });
  let token = 0;
  const send = (session: number, text: string): Promise<string | undefined> =>
    new Promise((resolve) => {
      token += 1;
      waiting.set(token, resolve);
      const message: FromUi = { type: 'send', token, session, text };
      if (process.connected) process.send?.(message);
      else resolve('the recorder has ended');
    });
  return {
    send: process.env[sendingAllowed] === '1' ? send : undefined,
    close: () => {
      if (process.connected) process.disconnect();
    },
  };
}

export function isFromUi(message: unknown): message is FromUi {
  const { type, token, session, text } = (message ?? {}) as Partial<FromUi>;
  return type === 'send' && Number.isInteger(token) && Number.isInteger(session) && typeof text === 'string';
}

function isToUi(message: unknown): message is ToUi {
  const { type, ...rest } = (message ?? {}) as Record<string, unknown>;
  if (type === 'notice') return typeof rest['text'] === 'string';
  const { token, trouble } = rest;
  return type === 'sent' && Number.isInteger(token) && (trouble === undefined || typeof trouble === 'string');
}

/** What to say when a send failed. */
export function sendTrouble(error: unknown): string {
  return escapeText(error instanceof Error ? error.message : String(error));
}
