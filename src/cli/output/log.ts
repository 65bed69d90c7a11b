/**
 * Diagnostics of a program that runs for long: pino, on standard error. A command that ends by an
 * error says so in one plain line instead (`output.ts`).
 */
import { createRequire } from 'node:module';
import type * as Pino from 'pino';
import type { LogFn, Logger } from 'pino';
import type * as PinoPretty from 'pino-pretty';
import { escapeText } from '../../inspect/format.js';
import { writeDiagnostics } from './diagnostics.js';
import { asciiJson, wantsColour } from './output.js';

export const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
export const logFormats = ['pretty', 'json'] as const;

export interface LogFlags {
  readonly logLevel: (typeof logLevels)[number];
  readonly logFormat: (typeof logFormats)[number];
}

export type Log = Pick<Logger, 'info' | 'warn' | 'error' | 'isLevelEnabled'>;

/**
 * A logger as the flags ask for it. Lines are written at once, so that none is lost at the end. What makes them
 * is loaded with the first one: some 80 modules, for which a recorder's clients need not wait.
 */
export function createLogger(flags: LogFlags): Log {
  let logger: Logger | undefined;
  const loaded = (): Logger => (logger ??= loadLogger(flags));
  const teller =
    (level: 'info' | 'warn' | 'error') =>
    (...line: Parameters<LogFn>): void => {
      loaded()[level](...line);
    };
  return {
    info: teller('info'),
    warn: teller('warn'),
    error: teller('error'),
    isLevelEnabled: (level) => loaded().isLevelEnabled(level),
  };
}

function loadLogger({ logLevel, logFormat }: LogFlags): Logger {
  const require = createRequire(import.meta.url);
  const { pino } = require('pino') as typeof Pino;
  const options = { name: 'qmptap', level: logLevel };
  if (logFormat === 'json') {
    return pino(options, {
      write(line: string) {
        writeDiagnostics(asciiJson(line));
      },
    });
  }
  const { prettyFactory } = require('pino-pretty') as typeof PinoPretty;
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
