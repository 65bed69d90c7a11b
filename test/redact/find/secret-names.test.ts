/** Every name of the table in every place where such a name may stand. */
import { describe, expect, test } from 'vitest';
import { hideInArguments, hideInCommandLine } from '../../../src/redact/find/qemu-arguments.js';
import { lookedFor } from '../../../src/redact/redaction-rules.js';
import { Redactor } from '../../../src/redact/redactor.js';
import { secretName, secretNames, type SecretPlace } from '../../../src/redact/find/secret-names.js';
import { commandLine } from '../../../src/text/command-line.js';
import { recorded, type Script } from '../../support/recorded.js';

const secret = 'Canary-3f9a1c';

function redacted(script: Script): string {
  const recording = recorded(script);
  const redactor = new Redactor();
  const messages = Array.from(recording.messages(), (message) => redactor.message(message));
  return messages.map(({ raw }) => Buffer.from(raw).toString('latin1')).join('');
}

const command = (name: string, args: unknown): Script => [
  `-> ${JSON.stringify({ execute: name, arguments: args })}`,
];
const hmp = (line: string): Script => command('human-monitor-command', { 'command-line': line });
const escaped = (name: string): string =>
  Array.from(name, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`).join('');
const twice = (text: string): string => text.replaceAll(',', ',,');
const args = (...words: string[]): string => hideInArguments(words, () => '[secret]').join(' ');
const note = (...words: string[]): string => hideInCommandLine(commandLine(words), () => '[secret]') ?? '';

/** Gives what is kept of a text in which the name stands with the secret. */
type Place = (name: string) => string;

const anywhere: Record<string, Place> = {
  'a member': (name) => redacted(command('x', { [name]: secret })),
  'a member of an answer': (name) => redacted([`<- {"return": {"${name}": "${secret}"}}`]),
  'a member of an event': (name) =>
    redacted([`<- {"event": "X", "data": {"a": [{"${name}": "${secret}"}]}}`]),
  'a nested member': (name) => redacted(command('transaction', { actions: [{ data: { [name]: secret } }] })),
  'a member that is an object': (name) => redacted(command('x', { [name]: { a: [secret] } })),
  'a member with a dotted name': (name) => redacted(command('x', { [`file.${name}`]: secret })),
  'an escaped member': (name) =>
    redacted([`-> {"execute":"x","arguments":{"${escaped(name)}":"${secret}"}}`]),
  'a member in single quotes': (name) => redacted([`-> {'execute':'x','arguments':{'${name}':'${secret}'}}`]),
  'a pair of name and value': (name) => redacted(command('x', { e: [{ value: secret, name }] })),
  'a flag and the next argument': (name) =>
    redacted(command('guest-exec', { path: 'p', arg: [`--${name}`, secret] })),
  'JSON in a string': (name) => redacted(command('x', { t: `json:${JSON.stringify({ [name]: secret })}` })),
  'JSON in JSON in a string': (name) =>
    redacted(
      command('x', { t: `json:${JSON.stringify({ f: `json:${JSON.stringify({ [name]: secret })}` })}` }),
    ),
  'an escaped name in JSON in a string': (name) =>
    redacted(command('x', { t: `json:{"a":1,"${escaped(name)}":"${secret}"}` })),
  'JSON in a string, cut off': (name) => redacted(command('x', { t: `{"${name}": "${secret}` })),
  'a frame cut off': (name) => redacted([`-> {"execute":"x","arguments":{"${name}":"${secret}`]),
  'an escaped name in a frame cut off': (name) =>
    redacted([`-> {"execute":"x","arguments":{"${escaped(name)}":"${secret}`]),
  'an option in a string': (name) => redacted(command('x', { t: `file,${name}=${secret},if=none` })),
  'an option with a comma in its value': (name) =>
    redacted(command('x', { t: `file,${name}=a,,${secret},if=none` })),
  'an option of a human monitor command': (name) => redacted(hmp(`drive_add 0 if=none,${name}=${secret}`)),
  'a dotted option of a human monitor command': (name) =>
    redacted(hmp(`drive_add 0 file.driver=https,file.${name}=${secret},if=none`)),
  'a quoted option with a blank': (name) => redacted(hmp(`drive_add 0 "file.${name}=a ${secret},if=none"`)),
  'JSON in a human monitor command': (name) =>
    redacted(
      hmp(
        `drive_add 0 file=${twice(`json:${JSON.stringify({ driver: 'x', [name]: `a,${secret}` })}`)},if=none`,
      ),
    ),
  'quoted JSON in a human monitor command': (name) =>
    redacted(hmp(`qemu-io d "json:${JSON.stringify({ [name]: secret }).replaceAll('"', '\\"')}"`)),
  "a URL's query": (name) => redacted(command('x', { url: `https://h/x?a=b&${name}=${secret}&c=d#e` })),
  'a description of an error': (name) =>
    redacted([
      `-> {"execute":"x","id":1}`,
      `<- {"error": {"class": "GenericError", "desc": "bad ${name}=${secret}"}, "id": 1}`,
    ]),
  '-drive': (name) => args('-drive', `if=none,file.${name}=${secret}`),
  '-drive with commas': (name) => args('-drive', `if=none,file.${name}=a,,${secret}`),
  '-blockdev in JSON': (name) => args('-blockdev', JSON.stringify({ driver: 'x', file: { [name]: secret } })),
  '-blockdev with an escaped name': (name) =>
    args('-blockdev', `{"driver":"x","${escaped(name)}":"${secret}"}`),
  '-blockdev with json: in it': (name) =>
    args(
      '-blockdev',
      JSON.stringify({ driver: 'x', filename: `json:${JSON.stringify({ [name]: secret })}` }),
    ),
  '-drive file=json:': (name) =>
    args('-drive', `file=${twice(`json:${JSON.stringify({ b: 1, [name]: secret })}`)},if=none`),
  'an image that is json:': (name) => args('-hda', `json:${JSON.stringify({ b: 1, [name]: secret })}`),
  '-global driver.property': (name) => args('-global', `x.${name}=a,${secret}`),
  '-global with members': (name) => args('-global', `driver=x,property=${name},value=${secret}`),
  '-set': (name) => args('-set', `device.d.${name}=a,${secret}`),
  '-append': (name) => args('-append', `root=/dev/vda ${name}=${secret} quiet`),
  '-device in JSON': (name) => args('-device', JSON.stringify({ driver: 'x', [name]: secret })),
  'the note of a command line': (name) =>
    note('qemu', '-drive', `file=${twice(`json:${JSON.stringify({ b: "it's", [name]: secret })}`)},if=none`),
  'a note in prose': (name) => new Redactor().text(`it was started with ${name}=${secret}`),
};

const places: Record<SecretPlace, Record<string, Place>> = {
  anywhere,
  query: {
    'a member': (name) => redacted(command('x', { url: `https://h/x?${name}=${secret}` })),
    'an escaped name': (name) =>
      redacted(command('x', { url: `https://h/x?a=b&${name.replace('s', '%73')}=${secret}` })),
    'a human monitor command': (name) =>
      redacted(hmp(`drive_add 0 file=https://h/x?${name}=${secret},if=none`)),
    '-cdrom': (name) => args('-cdrom', `https://h/x?${name}=${secret}`),
    'JSON in a string': (name) =>
      redacted(command('x', { t: `json:{"url":"https:\\/\\/h\\/x?${name}=${secret}"}` })),
  },
  'secret object': {
    'object-add': (name) =>
      redacted(command('object-add', { 'qom-type': 'secret', id: 's', [name]: secret })),
    'object-add in JSON in a string': (name) =>
      redacted(command('x', { t: JSON.stringify({ [name]: secret, 'qom-type': 'secret' }) })),
    object_add: (name) => redacted(hmp(`object_add secret,id=s,${name}=a,,${secret}`)),
    'object_add in JSON': (name) => redacted(hmp(`object_add {"qom-type":"secret","${name}":"${secret}"}`)),
    'object_add with the type behind': (name) =>
      redacted(hmp(`object_add ${name}=${secret},qom-type=secret,id=s`)),
    'qom-set': (name) => redacted(command('qom-set', { path: '/o', property: name, value: secret })),
    'qom-get': (name) =>
      redacted([...command('qom-get', { path: '/o', property: name }), `<- {"return": "${secret}"}`]),
    'qom-list-get': (name) =>
      redacted([
        ...command('qom-list-get', { paths: ['/objects/s'] }),
        `<- {"return": [{"properties": [{"value": "${secret}", "type": "string", "name": "${name}"}]}]}`,
      ]),
    'qom-set of a human monitor': (name) => redacted(hmp(`qom-set /objects/s ${name} ${secret}`)),
    'qom-set of a human monitor in JSON': (name) =>
      redacted(hmp(`qom-set -j /objects/s ${name} "${secret}"`)),
    'qom-get of a human monitor': (name) =>
      redacted([...hmp(`qom-get /objects/s ${name}`), `<- {"return": "${secret}"}`]),
    '-object': (name) => args('-object', `secret,id=s,${name}=a,,${secret}`),
    '-object with its type behind': (name) => args('-object', `id=s,${name}=${secret},qom-type=secret`),
    '-object in JSON': (name) => args('-object', JSON.stringify({ 'qom-type': 'secret', [name]: secret })),
    'the note of a command line': (name) => note('qemu', '-object', `secret,id=s,${name}=a ${secret}`),
  },
  rbd: {
    'a file name': (name) => redacted(command('x', { file: `rbd:p/i:id=a:${name}=AQ==${secret}:conf=/c` })),
    'a human monitor command': (name) =>
      redacted(hmp(`drive_add 0 if=none,file=rbd:p/i:id=a:${name}=AQ\\:${secret}`)),
    '-drive': (name) => args('-drive', `file=rbd:p/i:id=a:${name}=${secret}:mon_host=h\\:1,if=none`),
    'an image': (name) => args(`rbd:p/i:id=a:${name}=${secret}`),
    'the note of a command line': (name) => note('qemu', '-drive', `file=rbd:p/i:id=a:${name}=${secret}:x=y`),
  },
  fw_cfg: {
    '-fw_cfg': (name) => args('-fw_cfg', `name=opt/x,${name}={"a":"${secret}"}`),
    'the note of a command line': (name) => note('qemu', '-fw_cfg', `name=opt/x,${name}=a ${secret}`),
  },
};

const matrix = secretNames.flatMap(({ name, place }) =>
  Object.entries(places[place]).map(([where, kept]): [string, string, Place] => [name, where, kept]),
);

/** Other spellings of a name. */
const spellings = (name: string, place: SecretPlace): string[] => [
  name,
  name.replaceAll('-', '_'),
  ...(place === 'anywhere'
    ? [name.toUpperCase(), name.replace(/-(\w)/g, (_, unit: string) => unit.toUpperCase()), `vnc-${name}`]
    : []),
];

describe('no secret is left', () => {
  test.each(matrix)('%s as %s', (name, _where, kept) => {
    const row = secretNames.find((one) => one.name === name);
    for (const spelled of spellings(name, row?.place ?? 'anywhere')) {
      const left = kept(spelled);
      expect(left, spelled).not.toMatch(/Canary|3f9a1c/);
      expect(left, spelled).not.toBe('');
    }
  });
});

describe('names', () => {
  test.each(['password-secret', 'key-secret', 'tls-creds', 'passwords', 'key', 'data', 'cookies-file'])(
    '%s is none',
    (name) => {
      expect(secretName(name)).toBeUndefined();
      const [line = ''] = command('blockdev-add', { [name]: 'some id' });
      expect(redacted([line])).toBe(`${line.slice(3)}\r\n`);
    },
  );

  test('a switch stays', () => {
    expect(args('-vnc', ':0,password=on')).toBe('-vnc :0,password=on');
    expect(redacted([`<- {"return": {"password": true}}`])).toBe('{"return": {"password": true}}\r\n');
  });

  test('a number goes, and is a number', () => {
    expect(redacted([`<- {"return": {"txcookie": 4711}}`])).toMatch(/"txcookie": 7072510\d{9}\}/);
  });

  test('the report lists them all', () => {
    const report = lookedFor().join('\n');
    for (const { name } of secretNames) expect(report).toContain(name);
  });
});
