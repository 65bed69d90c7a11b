import { describe, expect, test } from 'vitest';
import { Redactor } from '../../src/redact/redactor.js';
import { parseUserRules } from '../../src/redact/user-rules.js';
import { greeting, recorded, type Script } from '../support/recorded.js';

/** Texts after redaction, as an export would have them. */
function redacted(
  script: Script,
  rules: readonly string[] = [],
): { lines: string[]; removed: string[]; all: string } {
  const recording = recorded(script);
  const redactor = new Redactor(parseUserRules(rules));
  for (const message of recording.messages()) redactor.learn(message);
  const messages = Array.from(recording.messages(), (message) => redactor.message(message));
  return {
    lines: messages.map(({ raw }) => Buffer.from(raw).toString('latin1').trimEnd()),
    removed: redactor.removed().map(({ what, count }) => `${count} ${what}`),
    all: JSON.stringify(messages.map((one) => ({ ...one, raw: Buffer.from(one.raw).toString('latin1') }))),
  };
}

const canary = 'Canary-3f9a1c';
const base64 = btoa(canary);

/** Every place, each with the canary in it. */
const places: [name: string, script: Script][] = [
  ['set_password', [`-> {"execute":"set_password","arguments":{"protocol":"vnc","password":"${canary}"}}`]],
  ['change-vnc-password', [`-> {"execute":"change-vnc-password","arguments":{"password":"${canary}"}}`]],
  ['change', [`-> {"execute":"change","arguments":{"device":"vnc","target":"password","arg":"${canary}"}}`]],
  ['block_passwd', [`-> {"execute":"block_passwd","arguments":{"device":"d","password":"${canary}"}}`]],
  [
    'object-add',
    [`-> {"execute":"object-add","arguments":{"qom-type":"secret","id":"s","data":"${canary}"}}`],
  ],
  [
    'object-add, before 6.0',
    [`-> {"execute":"object-add","arguments":{"qom-type":"secret","id":"s","props":{"data":"${canary}"}}}`],
  ],
  [
    'object-add, base64',
    [
      `-> {"execute":"object-add","arguments":{"qom-type":"secret","id":"s","format":"base64","data":"${base64}"}}`,
    ],
  ],
  [
    'qom-set',
    [`-> {"execute":"qom-set","arguments":{"path":"/objects/s","property":"data","value":"${canary}"}}`],
  ],
  [
    'qom-get',
    [
      `-> {"execute":"qom-get","arguments":{"path":"/objects/s","property":"data"},"id":1}`,
      `<- {"return": "${canary}", "id": 1}`,
    ],
  ],
  [
    'sev-inject-launch-secret',
    [
      `-> {"execute":"sev-inject-launch-secret","arguments":{"packet-header":"${base64}","secret":"${base64}"}}`,
    ],
  ],
  [
    'blockdev-add',
    [
      `-> {"execute":"blockdev-add","arguments":{"driver":"http","cookie":"${canary}","file":{"password":"${canary}"}}}`,
    ],
  ],
  [
    'a URL',
    [`-> {"execute":"blockdev-add","arguments":{"driver":"http","url":"https://me:${canary}@host/x"}}`],
  ],
  [
    'JSON in a string',
    [`-> {"execute":"drive-mirror","arguments":{"target":"json:{\\"password\\": \\"${canary}\\"}"}}`],
  ],
  [
    'transaction',
    [
      `-> {"execute":"transaction","arguments":{"actions":[{"type":"x","data":{"node":{"password":"${canary}"}}}]}}`,
    ],
  ],
  ['ringbuf-write', [`-> {"execute":"ringbuf-write","arguments":{"device":"r","data":"${canary}"}}`]],
  [
    'ringbuf-write, base64',
    [`-> {"execute":"ringbuf-write","arguments":{"device":"r","data":"${base64}","format":"base64"}}`],
  ],
  [
    'ringbuf-read',
    [`-> {"execute":"ringbuf-read","arguments":{"device":"r","size":9}}`, `<- {"return": "${canary}"}`],
  ],
  ['send-key', [`-> {"execute":"send-key","arguments":{"keys":[{"type":"qcode","data":"${canary}"}]}}`]],
  [
    'input-send-event',
    [
      `-> {"execute":"input-send-event","arguments":{"events":[{"type":"key","data":{"down":true,"key":{"type":"qcode","data":"${canary}"}}}]}}`,
    ],
  ],
  [
    'guest-set-user-password',
    [
      `-> {"execute":"guest-set-user-password","arguments":{"username":"u","password":"${base64}","crypted":false}}`,
    ],
  ],
  [
    'guest-exec',
    [
      `-> {"execute":"guest-exec","arguments":{"path":"/bin/x","env":["A=${canary}"],"input-data":"${base64}"}}`,
    ],
  ],
  [
    'guest-exec, an argument',
    [`-> {"execute":"guest-exec","arguments":{"path":"/bin/x","arg":["--password=${canary}"]}}`],
  ],
  [
    'guest-exec-status',
    [
      `-> {"execute":"guest-exec-status","arguments":{"pid":1}}`,
      `<- {"return": {"exited": true, "out-data": "${base64}", "err-data": "${base64}"}}`,
    ],
  ],
  ['guest-file-write', [`-> {"execute":"guest-file-write","arguments":{"handle":1,"buf-b64":"${base64}"}}`]],
  [
    'guest-file-read',
    [
      `-> {"execute":"guest-file-read","arguments":{"handle":1}}`,
      `<- {"return": {"count": 3, "buf-b64": "${base64}"}}`,
    ],
  ],
  [
    'guest-ssh-add-authorized-keys',
    [
      `-> {"execute":"guest-ssh-add-authorized-keys","arguments":{"username":"u","keys":["ssh-rsa ${canary}"]}}`,
    ],
  ],
  [
    'guest-ssh-get-authorized-keys',
    [
      `-> {"execute":"guest-ssh-get-authorized-keys","arguments":{"username":"u"}}`,
      `<- {"return": {"keys": ["${canary}"]}}`,
    ],
  ],
  ...[
    `set_password vnc ${canary}`,
    `set_password vnc \\"${canary}\\" keep`,
    `change vnc password ${canary}`,
    `block_passwd d ${canary}`,
    `object_add secret,id=s,data=${canary}`,
    `object_add {\\"qom-type\\":\\"secret\\",\\"data\\":\\"${canary}\\"}`,
    `sendkey ${canary}`,
    `ringbuf_write r ${canary}`,
    `qom-set /objects/s data ${canary}`,
    `drive_add 0 if=none,file=https://me:${canary}@host/x`,
    `device_add x,password=${canary}`,
  ].map((line): [string, Script] => [
    `human-monitor-command: ${line.replace(canary, '…')}`,
    [`-> {"execute":"human-monitor-command","arguments":{"command-line":"${line}"}}`],
  ]),
  [
    'human-monitor-command: the answer',
    [
      `-> {"execute":"human-monitor-command","arguments":{"command-line":"ringbuf_read r 100"},"id":1}`,
      `<- {"return": "${canary}\\r\\n", "id": 1}`,
    ],
  ],
  [
    'what QEMU quotes',
    [
      `-> {"execute":"set_password","arguments":{"password":"${canary}","x":1},"id":1}`,
      `<- {"error": {"class": "GenericError", "desc": "no such thing: ${canary}"}, "id": 1}`,
      `<- {"event": "X", "data": {"a": ["${canary}"]}}`,
    ],
  ],
  [
    'a malformed command',
    [
      `-> {"execute":"set_password","arguments":{"password":"${canary}\n"}}`,
      `<- {"error": {"class": "GenericError", "desc": "JSON parse error, stray '\\"${canary}'"}}`,
    ],
  ],
  ['a command cut off', [`-> {"execute":"set_password","arguments":{"password":"${canary}`]],
  ['a person at the socket', [`-> set_password vnc ${canary}`]],
  ['single quotes', [`-> {'execute':'set_password','arguments':{'password':'${canary}'}}`]],
  ['escapes', [`-> {"exec\\u0075te":"set_password","arguments":{"pass\\u0077ord":"Canary\\u002d3f9a1c"}}`]],
  [
    'before it is known',
    [
      `<- {"event": "X", "data": "${canary}"}`,
      `-> {"execute":"set_password","arguments":{"password":"${canary}"}}`,
    ],
  ],
];

describe('redaction', () => {
  test.each(places)('%s', (_name, script) => {
    expect(JSON.stringify(script)).toMatch(/Canary|Q2FuYXJ5/);
    const { all, removed, lines } = redacted(script);
    expect(all).not.toMatch(/Canary|3f9a1c|Q2FuYXJ5/);
    expect(removed.length).toBeGreaterThan(0);
    expect(lines).toHaveLength(recorded(script).count());
  });

  test('leaves all other bytes as they are', () => {
    const { lines } = redacted([
      `<- ${greeting}`,
      '->   { "execute" : "set_password" ,"arguments":{"n":1.0,"password": "Canary-3f9a1c" , "big":9223372036853727232},"id":1e2}',
      '<- {"return": {}, "id": 1e2}',
      '-> {"execute":"qom-get","arguments":{"path":"/m","property":"type"},"id":2}',
      '<- {"return": "pc", "id": 2}',
    ]);
    expect(lines).toEqual([
      greeting,
      '  { "execute" : "set_password" ,"arguments":{"n":1.0,"password": "[redacted:1]" , "big":9223372036853727232},"id":1e2}',
      '{"return": {}, "id": 1e2}',
      '{"execute":"qom-get","arguments":{"path":"/m","property":"type"},"id":2}',
      '{"return": "pc", "id": 2}',
    ]);
  });

  test('equal secrets have equal tokens, others have others, in the form they had', () => {
    const password = (text: string): string =>
      `-> {"execute":"change-vnc-password","arguments":{"password":"${text}"}}`;
    const { lines } = redacted([
      password('first secret'),
      password('second secret'),
      password('first secret'),
      password('[redacted:1]'),
      `-> {"execute":"guest-file-write","arguments":{"buf-b64":"${btoa('first secret')}"}}`,
    ]);
    const values = lines.map(
      (line) => Object.values((JSON.parse(line) as { arguments: object }).arguments)[0] as string,
    );
    expect(values.slice(0, 4)).toEqual(['[redacted:1]', '[redacted:2]', '[redacted:1]', '[redacted:1]']);
    expect(atob(values[4] ?? '')).toBe('[redacted:3]');
  });

  test('keeps the type of a value', () => {
    const { lines } = redacted(
      ['-> {"execute":"x","arguments":{"secret":{"a":"text","n":-1.5,"t":true,"z":null,"l":["in"]}}}'],
      ['path:arguments.secret'],
    );
    expect(lines).toEqual([
      '{"execute":"x","arguments":{"secret":{"a":"[redacted:1]","n":7072510000000002,"t":false,"z":null,"l":["[redacted:3]"]}}}',
    ]);
  });

  test("the user's rules", () => {
    const script = [
      '-> {"execute":"x","arguments":{"a-token":"s1","opaque":"s2","t":"tok-12ab, and more"},"id":"s3"}',
    ];
    expect(redacted(script).lines).toEqual([script[0]?.slice(3)]);
    expect(redacted(script, ['key:*-token', 'path:**.opaque', '/TOK-[0-9a-f]+/i']).lines).toEqual([
      '{"execute":"x","arguments":{"a-token":"[redacted:1]","opaque":"[redacted:2]","t":"[redacted:3]"},"id":"s3"}',
    ]);
    expect(redacted(script, ['path:id']).all).not.toContain('s3');
    expect(() => parseUserRules(['opaque'])).toThrow(/path:arguments.opaque/);
    expect(() => parseUserRules(['path:a[', 'key:a'])).toThrow(/cannot be read/);
  });

  test('says how often', () => {
    expect(
      redacted([
        '-> {"execute":"set_password","arguments":{"password":"secret one"}}',
        '-> {"execute":"set_password","arguments":{"password":"secret two"}}',
        '<- {"error": {"class": "GenericError", "desc": "secret one and secret one"}}',
      ]).removed,
    ).toEqual(['2 a VNC or SPICE password', '2 a secret found elsewhere']);
  });

  test('a large response without secrets costs no copy', () => {
    const [message] = recorded([`<- {"return": "${'x'.repeat(200_000)}"}`]).messages();
    expect(message && new Redactor().bytes(message)).toBe(message?.raw);
  });

  test('a secret that stands twice in a message goes twice, without another look at it', () => {
    const umlaut = Buffer.from('é').toString('latin1');
    const [message] = recorded([
      `-> {"execute":"x","arguments":{"note":"it is ${canary}, ${umlaut}","password":"${canary}"},"id":"${canary}"}`,
    ]).messages();
    const raw = message && Buffer.from(new Redactor().bytes(message)).toString('utf8');
    expect(raw?.trim()).toBe(
      '{"execute":"x","arguments":{"note":"it is [redacted:1], é","password":"[redacted:1]"},"id":"[redacted:1]"}',
    );
  });

  test('a message costs no more steps with 900 secrets known than with one, found in it or not', () => {
    const steps = (secrets: number, text: string): number => {
      const learned = Array.from(
        { length: secrets },
        (_, n): string => `<- {"event": "X", "data": {"password": "sEcrEt${String(n).padStart(5, '0')}"}}`,
      );
      const messages = [...recorded([...learned, `<- {"event": "X", "data": "${text}"}`]).messages()];
      const last = messages.pop();
      const redactor = new Redactor();
      for (const message of messages) redactor.bytes(message);
      const before = redactor.steps;
      if (last !== undefined) redactor.bytes(last);
      return redactor.steps - before;
    };
    const body = 'abcdefgh sEcrEt '.repeat(10_000);
    for (const text of [body, `sEcrEt00000 ${body}`, `${body} sEcrEt00000`]) {
      expect(steps(1, text)).toBeGreaterThan(body.length);
      expect(steps(900, text)).toBeLessThan(1.5 * steps(1, text));
      expect(steps(900, text)).toBeLessThan(4 * text.length);
    }
  });

  test('a number that is a secret is one in a text as well', () => {
    const { all } = redacted([
      '-> {"execute":"x","arguments":{"password":47114711}}',
      '<- {"error": {"class": "GenericError", "desc": "not 47114711"}}',
    ]);
    expect(all).not.toContain('47114711');
  });

  test("the user's patterns hold for notes, labels and addresses", () => {
    const redactor = new Redactor(parseUserRules(['/corp-[0-9]+/']));
    expect(redactor.text('qemu -m 1G -name corp-17')).toBe("qemu -m 1G -name '[redacted:1]'");
    expect(redactor.text('the host of corp-17')).toBe('[redacted:2]');
    expect(redactor.text('nothing')).toBe('nothing');
  });
});
