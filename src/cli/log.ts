/**
 * Diagnostics of a program that runs for long: pino, on standard error. A command that ends by an
 * error says so in one plain line instead (`output.ts`).
 */
import type { Logger } from 'pino';
import { UsageError } from '../errors.js';
import { writeDiagnostics } from './output.js';

export interface LogFlags {
  readonly logLevel: string;
  readonly logFormat: string;
}

const levels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'];

/**
 * A logger as the flags ask for it. Lines are written at once, so that none is lost at the end.
 * @throws UsageError for a level or a format that there is not
 */
export async function createLogger({ logLevel, logFormat }: LogFlags): Promise<Logger> {
  if (!levels.includes(logLevel)) {
    throw new UsageError(`--log-level ${logLevel}: no such level; choose from ${levels.join(', ')}`);
  }
  if (logFormat !== 'pretty' && logFormat !== 'json') {
    throw new UsageError(`--log-format ${logFormat}: choose json or pretty`);
  }
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
