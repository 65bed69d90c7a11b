/**
 * Reads back what an emulator script says of itself: the programs and folders that it will need.
 * Reads only scripts written by `emulator-script.ts`.
 */
import { marker } from './emulator-script.js';

export interface EmulatorFacts {
  readonly kind: 'recording' | 'replaying';
  readonly bash: string;
  readonly qemu: string | undefined;
  /** Node and the script that it runs. */
  readonly node: string;
  readonly main: string;
  /** The folder for the recordings; of a replaying one, what is replayed. */
  readonly recordings: readonly string[];
}

/** Undefined: the text is no emulator of ours. */
export function emulatorFacts(text: string): EmulatorFacts | undefined {
  const [first = '', second] = text.split('\n', 2);
  if (second !== marker) return undefined;
  const line = (name: string): string | undefined => new RegExp(`^${name}=(.*)$`, 'm').exec(text)?.[1];
  const recorder = line('recorder');
  const [node = '', main = '', , ...flags] = shellWords(
    (recorder ?? line('replayer') ?? '').replace(/^\(|\)$/g, ''),
  );
  const at = flags.indexOf(recorder === undefined ? '--replay' : '--recordings') + 1;
  return {
    kind: recorder === undefined ? 'replaying' : 'recording',
    bash: first.slice(2).split(' ', 1)[0] ?? '',
    qemu: shellWords(line('qemu') ?? '')[0],
    node,
    main,
    recordings: recorder === undefined ? flags.slice(at) : flags.slice(at, at + 1),
  };
}

/** Words as `quoted` writes them. */
function shellWords(text: string): string[] {
  const words = text.match(/(?:[^\s'\\]|'[^']*'|\\.)+/g) ?? [];
  return words.map((word) =>
    word.replace(/'([^']*)'|\\(.)/g, (_, inner?: string, escaped?: string) => inner ?? escaped ?? ''),
  );
}
