/**
 * Values that are made up anew each time, such as `#block045`. Declared as data, printed by `replay --explain`;
 * `bindings.ts` binds them.
 */
import { parsePath } from '../../json/path.js';
import { compileGlob } from '../../text/glob.js';

/** Who makes values up: the peer that is not replayed. */
export type MadeUpBy = 'client' | 'server';

/** A value that is made up as a whole. */
interface MadeUpValue {
  /** By the client in its command, by the server in its response. */
  readonly by: MadeUpBy;
  /** The command, a glob. */
  readonly of: string;
  readonly path: string;
  /** The member that has the same number in other messages. */
  readonly member?: string;
  readonly because: string;
}

export const madeUpValues: readonly MadeUpValue[] = [
  {
    by: 'client',
    of: 'screendump',
    path: 'arguments.filename',
    because: 'the name of a file for a short while',
  },
  {
    by: 'client',
    of: 'add-fd',
    path: 'arguments.fdset-id',
    member: 'fdset-id',
    because: 'the next free number',
  },
  {
    by: 'server',
    of: 'add-fd',
    path: 'return.fdset-id',
    member: 'fdset-id',
    because: 'the next free number',
  },
  {
    by: 'server',
    of: 'guest-exec',
    path: 'return.pid',
    member: 'pid',
    because: 'a process of the guest',
  },
  {
    by: 'server',
    of: 'guest-file-open',
    path: 'return',
    member: 'handle',
    because: 'the next free number',
  },
];

interface MadeUpText {
  readonly by: MadeUpBy;
  readonly pattern: RegExp;
  /** What the pattern finds, for people. */
  readonly form: string;
  readonly because: string;
}

/** Parts of any text that are made up. Each takes time in proportion to the text. */
export const madeUpTexts: readonly MadeUpText[] = [
  {
    by: 'server',
    pattern: /#block\d+/,
    form: '#blockN',
    because: "QEMU's name for a node that was given none",
  },
  {
    by: 'server',
    pattern: /\/dev\/fdset\/\d+/,
    form: '/dev/fdset/N',
    because: 'the next free number of a set of descriptors',
  },
  {
    by: 'client',
    pattern: /\/dev\/fdset\/\d+/,
    form: '/dev/fdset/N',
    because: 'the next free number of a set of descriptors',
  },
  { by: 'client', pattern: /\bfd:\d+\b/, form: 'fd:N', because: 'a descriptor that QEMU was started with' },
  { by: 'client', pattern: /\/domain-\d+-/, form: '/domain-N-', because: "libvirt's number of a domain" },
  {
    by: 'client',
    pattern: /\b[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}\b/,
    form: 'a UUID',
    because: 'chosen by chance',
  },
  {
    by: 'client',
    // With a small letter and a capital one, but no word: `disk10` and `Server` mean something.
    pattern:
      /(?<=[._-])(?=[a-z0-9]{0,5}[A-Z])(?=[A-Z0-9]{0,5}[a-z])(?![A-Z][a-z]{5})[A-Za-z0-9]{6}(?![A-Za-z0-9])/,
    form: '.XXXXXX, six letters and digits',
    because: 'the end of the name of a temporary file (mkstemp)',
  },
];

/** By who makes them up: all parts of texts that are. */
export const textsMadeUp: Readonly<Record<MadeUpBy, RegExp>> = {
  client: textsBy('client'),
  server: textsBy('server'),
};

function textsBy(by: MadeUpBy): RegExp {
  const own = madeUpTexts.filter((text) => text.by === by);
  return new RegExp(own.map(({ pattern }) => `(?:${pattern.source})`).join('|'), 'g');
}

/** The values, ready to be asked for. */
export const valueRules = madeUpValues.map((value) => ({
  ...value,
  matches: compileGlob(value.of),
  path: parsePath(value.path),
}));

export type ValueRule = (typeof valueRules)[number];
