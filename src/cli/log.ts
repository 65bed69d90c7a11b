/**
 * Diagnostics of a program that runs for long: pino, on standard error. A command that ends by an
 * error says so in one plain line instead (`output.ts`).
 */
import type { LogFn, Logger } from 'pino';
import { escapeText } from '../inspect/format.js';
import { writeDiagnostics } from './diagnostics.js';
import { asciiJson, wantsColour } from './output.js';

export const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
export const logFormats = ['pretty', 'json'] as const;

export interface LogFlags {
  readonly logLevel: (typeof logLevels)[number];
  readonly logFormat: (typeof logFormats)[number];
}

/** A logger as the flags ask for it. Lines are written at once, so that none is lost at the end. */
export async function createLogger({ logLevel, logFormat }: LogFlags): Promise<Logger> {
  // Loaded here, since most commands never log.
  const { pino } = await import('pino');
  const options = { name: 'qmptap', level: logLevel };
  if (logFormat === 'json') {
    return pino(options, {
      write(line: string) {
        writeDiagnostics(asciiJson(line));
      },
    });
  }
  const { prettyFactory } = await import('pino-pretty');
  const pretty = prettyFactory({
    colorize: wantsColour(2),
    ignore: 'pid,hostname',
    translateTime: 'SYS:HH:MM:ss.l',
    singleLine: true,
  });
  const stream = {
    write(line: string) {
      writeDiagnostics(pretty(line));
    },
  };
  // One line each, and escaped: a path or an address may be in it.
  return pino({ ...options, hooks: { logMethod: escapeMessage } }, stream);
}

function escapeMessage(this: Logger, args: Parameters<LogFn>, method: LogFn): void {
  const escaped = args.map((one: unknown) => (typeof one === 'string' ? escapeText(one) : one));
  method.apply(this, escaped as Parameters<LogFn>);
}
