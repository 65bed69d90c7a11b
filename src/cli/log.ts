/**
 * Diagnostics of a program that runs for long: pino, on standard error. A command that ends by an
 * error says so in one plain line instead (`output.ts`).
 */
import type { Logger } from 'pino';
import { writeDiagnostics } from './output.js';

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
  if (logFormat === 'json') return pino(options, { write: writeDiagnostics });
  const { prettyFactory } = await import('pino-pretty');
  const colorize = process.stderr.isTTY && (process.env['NO_COLOR'] ?? '') === '';
  const pretty = prettyFactory({
    colorize,
    ignore: 'pid,hostname',
    translateTime: 'SYS:HH:MM:ss.l',
    singleLine: true,
  });
  return pino(options, {
    write(line: string) {
      writeDiagnostics(pretty(line));
    },
  });
}
