import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Anonymiser } from '../../../src/redact/anonymise/anonymiser.js';
import { Redactor } from '../../../src/redact/redactor.js';
import { noUserRules } from '../../../src/redact/user-rules.js';
import { recorded, type Script, sessionStart } from '../../support/recorded.js';

const told = (text: string): string => new Anonymiser().text(text);

describe('what tells whose recording it is', () => {
  test.each<[string, string]>([
    ['8a3c9b1e-4c55-4f0e-9d5b-0a1b2c3d4e5f', '00000000-0000-4000-8000-000000000001'],
    ['8A3C9B1E4C554F0E9D5B0A1B2C3D4E5F', '00000000000040008000000000000001'],
    ['mac=52:54:00:Ab:cd:ef,x', 'mac=52:54:00:00:00:01,x'],
    ['52-54-00-ab-cd-ef', '52-54-00-00-00-01'],
    ['tcp:192.168.7.9:4444', 'tcp:10.0.0.1:4444'],
    ['192.168.7.9/24', '10.0.0.1/24'],
    ['[fd00:1::7]:5900', '[2001:db8::1]:5900'],
    ['fe80::5054:ff:feab:cdef', 'fe80::1'],
    ['/srv/acme/disks/billing.qcow2', '/srv/path-1/path-2/path-3.qcow2'],
    [
      'unix:/var/lib/libvirt/qemu/domain-3-billing/monitor.sock',
      'unix:/var/lib/libvirt/qemu/domain-3-path-1/monitor.sock',
    ],
    ['/srv/acme and sons/x y.iso', '/srv/path-1/path-2.iso'],
    ['https://files.acme.example/a/b.iso', 'https://files.acme.example/path-1/path-2.iso'],
    ['json:{"file":"/srv/acme"}', 'json:{"file":"/srv/path-1"}'],
  ])('%s', (text, expected) => {
    expect(told(text)).toBe(expected);
  });

  test.each([
    '00000000-0000-0000-0000-000000000000',
    'ff:ff:ff:ff:ff:ff',
    '127.0.0.1:5900',
    '0.0.0.0',
    '255.255.255.0',
    '::1',
    '::',
    '/machine/peripheral/net0/virtio-backend',
    '/objects/mem0',
    '/dev/vhost-net',
    '/dev/sda1',
    '/usr/bin/qemu-system-x86_64',
    '/usr/share/OVMF/OVMF_CODE.fd',
    '/sys/bus/pci/devices/0000:01:00.0',
    '0000:0a:1f.2',
    '12:30:45',
    'Debian 1:7.2+dfsg-7+deb12u18',
    'version 7.2.22',
    'a/b',
    'std::string',
    'running',
  ])('%s stays', (text) => {
    expect(told(text)).toBe(text);
  });

  test('the same is the same, everywhere', () => {
    const anonymiser = new Anonymiser();
    anonymiser.learnName('billing', 'vm');
    anonymiser.learnName('node7.acme.example', 'host');
    expect(anonymiser.text('"/srv/billing.qcow2" of billing on node7')).toBe(
      '"/srv/vm-1.qcow2" of vm-1 on host-1',
    );
    expect(anonymiser.text('tcp:node7.acme.example:49152')).toBe('tcp:host-1.example:49152');
    expect(anonymiser.text('nodes7 rebilling billings')).toBe('nodes7 rebilling billings');
    expect(anonymiser.text('10.1.2.3 10.1.2.4 10.1.2.3')).toBe('10.0.0.1 10.0.0.2 10.0.0.1');
    expect(anonymiser.text('FD00::7 and fd00:0:0::7')).toBe('2001:db8::1 and 2001:db8::1');
  });

  test('a file is known by its name alone', () => {
    const anonymiser = new Anonymiser();
    anonymiser.learnText('/srv/acme/secretproject.qcow2');
    expect(anonymiser.text('cannot open secretproject.qcow2')).toMatch(/^cannot open path-\d\.qcow2$/);
  });

  test('any text can be told, and told again', () => {
    const piece = fc.constantFrom(
      '/',
      'a',
      'srv',
      '.',
      ':',
      '::',
      '10.1.2.3',
      '52:54:00:ab:cd:ef',
      ' ',
      '"',
      '=',
      'f',
      '-',
      '//',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 20 }), (pieces) => {
        const text = pieces.join('');
        const anonymiser = new Anonymiser();
        anonymiser.learnText(text);
        expect(anonymiser.text(text)).toBe(anonymiser.text(text));
      }),
    );
  });
});

const script: Script = [
  '<- {"QMP": {"version": {"qemu": {"micro": 22, "minor": 2, "major": 7}, "package": ""}, "capabilities": []}}',
  '-> {"execute":"query-name","id":"libvirt-1"}',
  '<- {"return": {"name": "acme-billing"}, "id": "libvirt-1"}',
  '-> {"execute":"blockdev-add","arguments":{"driver":"file","filename":"/srv/acme/billing.qcow2","node-name":"acme-billing"},"id":"libvirt-2"}',
  '<- {"error": {"class": "GenericError", "desc": "Could not open \'/srv/acme/billing.qcow2\'"}, "id": "libvirt-2"}',
  '-> {"execute":"migrate","arguments":{"uri":"tcp:node7.acme.example:49152","password":"hunter2hunter2"}}',
  '-> {"execute":"query-uuid"} {"UUID": "8a3c9b1e-4c55-4f0e-9d5b-0a1b2c3d4e5f", 192.168.7.9',
  '<- {"event": "NIC_RX_FILTER_CHANGED", "data": {"name": "net0", "path": "/machine/peripheral/net0", "main-mac": "52:54:00:ab:cd:ef"}}',
];
const identifying = /acme|billing|node7|8a3c9b1e|192\.168|ab:cd:ef|hunter2/;

test('a recording: messages, notes, labels and addresses alike', () => {
  const recording = recorded(script);
  const redactor = new Redactor(noUserRules, new Anonymiser());
  const session = {
    ...sessionStart({ label: 'acme-billing', client: { address: 'unix:/run/acme/m.sock' } }),
    notes: [
      '/usr/bin/qemu-system-x86_64 -name guest=acme-billing,debug-threads=on -uuid 8a3c9b1e-4c55-4f0e-9d5b-0a1b2c3d4e5f',
    ],
  };
  redactor.learnSession(session);
  for (const message of recording.messages()) redactor.learn(message);
  const lines = Array.from(recording.messages(), (message) => redactor.message(message)).map(({ raw }) =>
    Buffer.from(raw).toString('latin1').trim(),
  );
  const safe = redactor.session(session);
  expect(JSON.stringify([lines, safe])).not.toMatch(identifying);
  expect(lines.slice(2, 6)).toEqual([
    '{"return": {"name": "vm-1"}, "id": "libvirt-1"}',
    '{"execute":"blockdev-add","arguments":{"driver":"file","filename":"/srv/path-2/path-4.qcow2","node-name":"vm-1"},"id":"libvirt-2"}',
    '{"error": {"class": "GenericError", "desc": "Could not open \'/srv/path-2/path-4.qcow2\'"}, "id": "libvirt-2"}',
    '{"execute":"migrate","arguments":{"uri":"tcp:host-1.example:49152","password":"[redacted:1]"}}',
  ]);
  expect(lines.at(-1)).toContain('"path": "/machine/peripheral/net0", "main-mac": "52:54:00:00:00:01"');
  expect(safe).toMatchObject({
    label: 'vm-1',
    client: { address: 'unix:/run/path-2/path-1.sock' },
    notes: [
      '/usr/bin/qemu-system-x86_64 -name guest=vm-1,debug-threads=on -uuid 00000000-0000-4000-8000-000000000001',
    ],
  });
});

test('a VM that is named like a word of the protocol leaves the protocol as it is', () => {
  const messages = [
    ...recorded(['-> {"execute":"query-block"}', '<- {"return": [{"device": "running"}]}']).messages(),
  ];
  const anonymiser = new Anonymiser();
  for (const name of ['block', 'device', 'running', 'ab']) anonymiser.learnName(name, 'vm');
  for (const message of messages) anonymiser.learn(message);
  const redactor = new Redactor(noUserRules, anonymiser);
  for (const message of messages) expect(redactor.bytes(message)).toBe(message.raw);
  expect(anonymiser.text('/srv/block.qcow2')).toBe('/srv/vm-1.qcow2');
});
