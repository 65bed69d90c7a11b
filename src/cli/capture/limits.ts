/** The flags for those who leave a recorder on, the same wherever a recorder is started, and what it tells of its files. */
import type { Command } from 'commander';
import { UsageError } from '../../errors.js';
import { type LimitKind, limitKinds } from '../../launch/record/recording-limits.js';
import type { RecordedFile, SeriesEvent } from '../../launch/record/recording-series.js';

/** Adds the flags; they give `RecordingLimits`. */
export function addLimitOptions(command: Command): Command {
  for (const kind of limitKinds) {
    const value = kind.unit === 'size' ? 'size' : 'n';
    command.option(`${kind.flag} <${value}>`, kind.help, kind.unit === 'size' ? size(kind) : count(kind));
  }
  return command;
}

/** What to tell the user of a file, in one line. */
export function fileNews(event: SeriesEvent): string {
  switch (event.type) {
    case 'file-begun':
      return `new sessions go to ${event.path}`;
    case 'file-finished':
      return `${event.messages ?? 'the'} messages: ${event.path}`;
    case 'file-removed':
      return `${event.path}: removed, as the oldest of too many`;
    case 'trouble':
      return event.text;
  }
}

/** The same in a UI, which goes on to show the file that it was opened on. */
export function nextFileInUi(path: string): string {
  return `new sessions go to ${path}; to see them, quit (Q) and type: qmptap ui ${path}`;
}

/** All files of a recorder, for the end. */
export function namesOf(files: readonly RecordedFile[]): string {
  const paths = files.map(({ path }) => path);
  if (paths.length <= 10) return paths.join(', ');
  return `${paths.length} files, ${paths[0] ?? ''} to ${paths.at(-1) ?? ''}`;
}

const units: Readonly<Record<string, number>> = { '': 1, k: 2 ** 10, m: 2 ** 20, g: 2 ** 30, t: 2 ** 40 };

function size({ flag, least }: LimitKind): (text: string) => number {
  return (text) => {
    const [, amount, unit = ''] = /^(\d{1,15}(?:\.\d{1,3})?) ?([kmgt]?)(?:i?b)?$/i.exec(text) ?? [];
    const bytes = Math.round(Number(amount) * (units[unit.toLowerCase()] ?? NaN));
    if (Number.isSafeInteger(bytes) && bytes >= least) return bytes;
    const why = Number.isNaN(bytes) ? 'that is no size' : 'a file holds at least 1M and at most 8000T';
    throw new UsageError(`${flag} ${text}: ${why}; write 100M or 2G, for example`);
  };
}

function count({ flag }: LimitKind): (text: string) => number {
  return (text) => {
    if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
    throw new UsageError(`${flag} ${text}: it has to be a whole number from 1 on`);
  };
}
