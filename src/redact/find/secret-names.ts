/**
 * The names of secrets: the one table from which redaction of JSON, of texts and of QEMU's arguments is
 * derived, and the report of what was looked for. Spelling is the matching rule's: `chap-password`,
 * `CHAP_Password`, `file.chapPassword` and `chap-password.0` are one name.
 */

/** Where a name means a secret. */
export type SecretPlace =
  /** Whatever holds it: a member at any depth, `name=value`, JSON in a string, a URL's query. */
  | 'anywhere'
  /** In the query of a URL. */
  | 'query'
  /** A property of a `secret` object: of `object-add`, `-object`, `qom-set`, `qom-get`, `qom-list-get`. */
  | 'secret object'
  /** In the old file name of an RBD image: `rbd:pool/image:id=admin:key=…`. */
  | 'rbd'
  /** In `-fw_cfg`. */
  | 'fw_cfg';

/** A name and what it means. */
export interface SecretName {
  readonly name: string;
  readonly place: SecretPlace;
  /** What its value is, for a report. */
  readonly what: string;
  /** Where the name comes from. */
  readonly source: string;
}

export const secretNames: readonly SecretName[] = [
  ...anywhere('a password by its name', {
    password: 'set_password, change-vnc-password, -spice, -iscsi, guest-set-user-password',
    passwd: 'older options and guest tools',
    passphrase: 'LUKS, and libvirt in its own texts',
    'chap-password': 'iSCSI initiators',
    'chap-secret': 'iSCSI initiators',
  }),
  ...anywhere('a cookie', {
    cookie: 'BlockdevOptionsCurlHttp',
    'set-cookie': 'HTTP headers in texts',
    rxcookie: 'NetdevL2TPv3Options',
    txcookie: 'NetdevL2TPv3Options',
  }),
  ...anywhere('an HTTP authorization', { authorization: 'HTTP headers in texts' }),
  ...anywhere('a key of a Ceph cluster', { 'keyvalue-pairs': 'qemu_rbd_parse_filename, its form in JSON' }),
  { name: 'key', place: 'rbd', what: 'a key of a Ceph cluster', source: 'qemu_rbd_parse_filename' },
  ...objectProperties('data', 'rawdata'),
  {
    name: 'string',
    place: 'fw_cfg',
    what: 'data for the firmware',
    source: 'fw_cfg options: Ignition files and the like',
  },
  ...query('a token in a URL', {
    'access-token': 'RFC 6750',
    token: 'signed links in general',
    sig: 'Azure shared access signatures',
    signature: 'signed links of CloudFront and Google',
    'x-amz-signature': 'AWS signature version 4',
    'x-amz-credential': 'AWS signature version 4',
    'x-amz-security-token': 'AWS signature version 4',
    'x-goog-signature': 'Google signature version 4',
    'x-goog-credential': 'Google signature version 4',
  }),
];

function anywhere(what: string, names: Readonly<Record<string, string>>): SecretName[] {
  return Object.entries(names).map(([name, source]) => ({ name, place: 'anywhere', what, source }));
}

function query(what: string, names: Readonly<Record<string, string>>): SecretName[] {
  return Object.entries(names).map(([name, source]) => ({ name, place: 'query', what, source }));
}

function objectProperties(...names: string[]): SecretName[] {
  return names.map((name) => ({
    name,
    place: 'secret object',
    what: 'a secret object',
    source: 'SecretCommonProperties',
  }));
}

/** Matches a name in any spelling, for a flag `i`: `-`, `_` or nothing between its words. */
function loose({ name }: SecretName): string {
  return name.split('-').join('[-_]?');
}

const rows = (place: SecretPlace): SecretName[] => secretNames.filter((row) => row.place === place);

/** Matches the names that count anywhere, for a flag `i`. */
export const anywherePattern = rows('anywhere').map(loose).join('|');

/** Matches the properties of secret objects that are secrets. */
export const objectPropertyPattern = rows('secret object').map(loose).join('|');

/** For each place its rows with what matches their names. */
const matchers = new Map(
  ([...new Set(secretNames.map(({ place }) => place))] as const).map((place) => [
    place,
    rows(place).map((row) => ({
      row,
      fits: new RegExp(`${place === 'anywhere' ? '' : '^'}(?:${loose(row)})$`, 'i'),
    })),
  ]),
);

/** What was asked for, by place: members repeat themselves. Wire text, so bounded. */
const asked = new Map(
  Array.from(matchers.keys(), (place) => [place, new Map<string, SecretName | undefined>()]),
);
const maximumAsked = 4096;

/** Names are short: of a longer one the end counts. */
const maximumName = 128;

/**
 * The row of a member's or an option's name. At the place `anywhere` a name also counts as the end of another:
 * `vnc-password`, `proxyPassword`; `password-secret` is none, for its value is the id of a secret object.
 */
export function secretName(name: string, place: SecretPlace = 'anywhere'): SecretName | undefined {
  const answers = asked.get(place);
  const known = answers?.get(name);
  if (known !== undefined || answers?.has(name) === true) return known;
  const short = name.slice(-maximumName);
  // Without the position in a list and without what it is a member of: `file.cookie`, `password.0`.
  const last = short.replace(/(?:\.\d+|\[\d*\])+$/, '').replace(/^.*[./]/s, '');
  const found = matchers.get(place)?.find(({ fits }) => fits.test(last))?.row;
  if (answers !== undefined && answers.size < maximumAsked && short === name) answers.set(name, found);
  return found;
}

/** Bytes without any of these, in any case of letters, name no secret. */
export const secretWords: readonly string[] = [
  ...new Set(
    rows('anywhere').map(({ name }) => name.split('-').reduce((a, b) => (b.length > a.length ? b : a))),
  ),
  ...new Set(rows('rbd').map(({ place }) => `${place}:`)),
  'secret',
  // Before a user and a password: `curl -u me:…`.
  '-u ',
  '-user',
  '://',
  // The same in JSON whose slashes have escapes.
  ':\\',
];

/** Matches texts that may name a secret, or spell a name with escapes. */
export const secretHint = new RegExp(
  [...secretWords.map((word) => word.replace(/\\/g, '\\\\')), String.raw`\\u00`].join('|'),
  'i',
);

/** What the table finds, in words. */
export function namedSecrets(): string[] {
  const names = (place: SecretPlace): string =>
    rows(place)
      .map(({ name }) => name)
      .join(', ');
  return [
    `what is named ${names('anywhere')} (in any spelling, also with words before it)`,
    `${names('secret object')} of secret objects`,
    `${names('query')} in URLs`,
    `${names('rbd')} in rbd: file names`,
    `${names('fw_cfg')} of fw_cfg`,
  ];
}
