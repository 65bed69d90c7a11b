/**
 * Identifiers that are known by their shape: UUIDs, MAC and IP addresses. Each is replaced by another of its
 * kind, so that the text is still understood; addresses of no host (loopback, any) stay.
 */

/** Gives the number of a thing: the same for the same, counted for each kind from 1. */
export type NumberOf = (kind: string, key: string) => number;

/** A kind of identifier. */
interface Identifier {
  /** Finds candidates. */
  readonly pattern: RegExp;
  /** What stands in its place; undefined if it stays. */
  readonly replace: (text: string, numberOf: NumberOf) => string | undefined;
}

export const identifiers: readonly Identifier[] = [
  {
    pattern: /(?<![\w-])[0-9a-f]{8}(-?)[0-9a-f]{4}\1[0-9a-f]{4}\1[0-9a-f]{4}\1[0-9a-f]{12}(?![\w-])/gi,
    replace(text, numberOf) {
      const key = text.replaceAll('-', '').toLowerCase();
      if (/^(.)\1*$/.test(key)) return undefined;
      const digits = hex(numberOf('uuid', key), 12);
      const dash = text.includes('-') ? '-' : '';
      return ['00000000', '0000', '4000', '8000', digits].join(dash);
    },
  },
  {
    pattern: /(?<![\w:-])[0-9a-f]{2}([:-])(?:[0-9a-f]{2}\1){4}[0-9a-f]{2}(?![\w:-])/gi,
    replace(text, numberOf) {
      const key = text.replaceAll('-', ':').toLowerCase();
      if (/^(00|ff)(:\1)*$/.test(key)) return undefined;
      const bytes = hex(numberOf('mac', key), 6).match(/../g) ?? [];
      const separator = text.includes('-') ? '-' : ':';
      return ['52', '54', '00', ...bytes].join(separator);
    },
  },
  {
    pattern: /(?<![\w:.])(?:[0-9a-f]{0,4}:){2,7}[0-9a-f]{0,4}(?![\w:]|\.\d)/gi,
    replace(text, numberOf) {
      const groups = groupsOf(text);
      if (groups === undefined || groups.slice(0, 7).every((group) => group === 0)) return undefined;
      const number = hex(numberOf('ipv6', groups.join(':')), 4);
      return `${groups[0] === 0xfe80 ? 'fe80' : '2001:db8'}::${number.replace(/^0+/, '')}`;
    },
  },
  {
    pattern: /(?<![\w.+~])(?:\d{1,3}\.){3}\d{1,3}(?![\w+~]|\.\d)/g,
    replace(text, numberOf) {
      const bytes = text.split('.').map(Number);
      const [first = 0] = bytes;
      // Any, loopback and netmasks say nothing of anybody.
      if (bytes.some((byte) => byte > 255) || first === 0 || first === 127 || first === 255) return undefined;
      const number = numberOf('ipv4', text);
      return `10.${(number >> 16) & 255}.${(number >> 8) & 255}.${number & 255}`;
    },
  },
];

function hex(number: number, digits: number): string {
  return number.toString(16).padStart(digits, '0').slice(-digits);
}

/** The eight groups of an IPv6 address; undefined if the text is none. */
function groupsOf(text: string): readonly number[] | undefined {
  const [head = '', tail, more] = text.split('::');
  if (more !== undefined) return undefined;
  const read = (part: string): number[] =>
    part === '' ? [] : part.split(':').map((group) => parseInt(group, 16));
  const before = read(head);
  const after = read(tail ?? '');
  const missing = 8 - before.length - after.length;
  if (tail === undefined ? missing !== 0 : missing < 1) return undefined;
  const groups = [...before, ...new Array<number>(missing).fill(0), ...after];
  return groups.some(Number.isNaN) ? undefined : groups;
}
