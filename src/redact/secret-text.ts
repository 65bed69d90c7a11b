/**
 * Secrets inside texts: human monitor commands with a password in them (`hmp-commands.hx`), options like
 * `password=…`, members of JSON in a string, user and password of a URL.
 * Every pattern goes over the text once.
 */

/** A part of a text that is a secret. */
export interface SecretPart {
  readonly start: number;
  readonly end: number;
  readonly what: string;
}

/** A word, or what stands in quotes. */
const word = String.raw`(?:"(?:[^"\\]|\\.)*"|\S+)`;

interface HmpRule {
  /** The part called `secret` is the secret. */
  readonly pattern: RegExp;
  readonly what: string;
}

const hmpRules: readonly HmpRule[] = [
  { pattern: hmp(`set_password\\s+${word}`, word), what: 'a VNC or SPICE password' },
  { pattern: hmp(`change\\s+vnc\\s+passw(?:or)?d`, String.raw`\S.*`), what: 'a VNC password' },
  { pattern: hmp(`block_passwd\\s+${word}`, String.raw`\S.*`), what: 'a password of a disk' },
  { pattern: hmp('sendkey', String.raw`\S.*`), what: 'typed keys' },
  { pattern: hmp(`ringbuf_write\\s+${word}`, String.raw`\S.*`), what: 'data of a character device' },
  {
    pattern: hmp(`qom-set\\s+(?:-j\\s+)?${word}\\s+(?:raw)?(?:data|password)`, String.raw`\S.*`),
    what: 'a secret object',
  },
];

/** `data=…` is a secret only of a secret object. */
const objectData = /(?:[\s,]data=|"data"\s*:\s*")(?<secret>[^",]+)/dg;

const anywhere: readonly HmpRule[] = [
  {
    pattern:
      /\b(?:password|passwd|passphrase|chap[-_]?password)(?:=|\s*:\s*)(?!on\b|off\b)(?<secret>[^\s,"'&;]+)/dgi,
    what: 'a password in a text',
  },
  {
    pattern: /"(?:password|passwd|passphrase|cookie)"\s*:\s*"(?<secret>(?:[^"\\]|\\.)+)"/dgi,
    what: 'a password in a text',
  },
  {
    pattern: /\b[a-z][a-z0-9+.-]{0,30}:\/\/(?<secret>[^\s/?#"',@]{1,2000})@/dgi,
    what: 'a user and password in a URL',
  },
];

/** Bytes of a message without any of these hold no such text. */
export const secretWords: readonly string[] = ['passw', 'passphrase', 'cookie', '://'];

/** The secrets in a text, in their order, without overlaps. */
export function secretParts(text: string): SecretPart[] {
  return ordered(anywhere.flatMap((rule) => find(rule, text)));
}

/** The secrets in the line of a `human-monitor-command`. */
export function secretPartsOfHmp(line: string): SecretPart[] {
  const parts = [...hmpRules, ...anywhere].flatMap((rule) => find(rule, line));
  if (/^\s*object_add\b/.test(line) && /\bsecret\b/.test(line)) {
    parts.push(...find({ pattern: objectData, what: 'a secret object' }, line));
  }
  return ordered(parts);
}

/** Whether what the line makes the server say is a secret. */
export function hasSecretAnswer(line: string): boolean {
  return /^\s*(?:ringbuf_read\b|qom-get\s+\S+\s+(?:raw)?(?:data|password)\b)/.test(line);
}

function hmp(before: string, secret: string): RegExp {
  return new RegExp(String.raw`^\s*${before}\s+(?<secret>${secret})`, 'ds');
}

function find({ pattern, what }: HmpRule, text: string): SecretPart[] {
  const found = pattern.global ? [...text.matchAll(pattern)] : [pattern.exec(text)];
  return found.flatMap((match) => {
    const place = match?.indices?.groups?.['secret'];
    return place === undefined ? [] : [{ start: place[0], end: place[1], what }];
  });
}

function ordered(parts: SecretPart[]): SecretPart[] {
  let end = 0;
  return parts
    .sort((a, b) => a.start - b.start || b.end - a.end)
    .filter((part) => {
      const apart = part.start >= end;
      if (apart) end = part.end;
      return apart;
    });
}
