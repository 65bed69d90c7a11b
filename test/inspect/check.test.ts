import { describe, expect, test } from 'vitest';
import { checkMessages } from '../../src/inspect/check.js';
import { Tap } from '../../src/proxy/tap.js';
import { MemoryRecording } from '../../src/recording/memory.js';
import { greeting, latin1, recorded, sessionStart } from '../support/recorded.js';

const found = (...scripts: string[][]): string[] =>
  [...checkMessages(recorded(...scripts))].map(({ severity, rule, seq }) => `${severity} ${rule} #${seq}`);

const negotiation = [`<- ${greeting}`, '-> {"execute":"qmp_capabilities"}', '<- {"return": {}}'];
const withOob = [
  `<- ${greeting}`,
  '-> {"execute":"qmp_capabilities","arguments":{"enable":["oob"]}}',
  '<- {"return": {}}',
];

describe('checkMessages', () => {
  test('finds nothing in an orderly session', () => {
    expect(
      found([...negotiation, '-> {"execute":"stop"}', '<- {"event": "STOP"}', '<- {"return": {}}']),
    ).toEqual([]);
  });

  test('a command before the negotiation', () => {
    expect(
      found([
        `<- ${greeting}`,
        '-> {"execute":"stop"}',
        '<- {"error": {"class": "CommandNotFound", "desc": ""}}',
      ]),
    ).toEqual(['violation not-negotiated #2']);
  });

  test.each([
    ['what is no object', '-> [1]', 'invalid-command'],
    ['a command of a wrong form', '-> {"id":1}', 'invalid-command'],
    ['out-of-band', '-> {"exec-oob":"stop","id":1}', 'oob-not-enabled'],
    ['what cannot be parsed', '-> {"execute":}', 'malformed'],
  ])('%s before the negotiation is one violation, as it is one error of the server', (_, line, rule) => {
    const answer = '<- {"error": {"class": "GenericError", "desc": "x"}, "id": 1}';
    expect(found([`<- ${greeting}`, line, answer]).slice(0, 1)).toEqual([`violation ${rule} #2`]);
    expect(
      found([`<- ${greeting}`, line]).filter((one) => one.endsWith('#2') && one.startsWith('v')),
    ).toHaveLength(1);
  });

  test('a response to nobody', () => {
    expect(found([...negotiation, '<- {"return": {}, "id": 5}'])).toEqual(['violation no-command #4']);
  });

  test('in a recording that begins in the midst of a session, nothing that began before it', () => {
    const recording = new MemoryRecording();
    const tap = new Tap(recording);
    tap.open(1, sessionStart({ dialect: 'qmp' }), 0);
    const said = (dir: 'c2s' | 's2c', line: string): void => {
      tap.chunk(1, { dir, t: 0, bytes: latin1(`${line}\r\n`), fds: 0 });
    };
    said('s2c', 'rest": {"of": 1}}, "id": 1}');
    said('c2s', 'stop", "id": 3}');
    said('s2c', '{"return": {}, "id": 2}');
    said('c2s', '{"execute": "cont", "id": 4}');
    said('s2c', '{"return": {}, "id": 4}');
    said('s2c', '{"return": {}, "id": 5}');
    said('s2c', '{"hello": 1}');
    const violations = [...checkMessages(recording)].filter(({ severity }) => severity === 'violation');
    expect(violations).toMatchObject([{ rule: 'no-command', text: '5' }, { rule: 'malformed' }]);
  });

  test('malformed messages and commands, both sides', () => {
    expect(
      found([
        ...negotiation,
        '-> {"execute":}',
        '<- {"error": {"class": "GenericError", "desc": "JSON parse error"}}',
        '-> {}',
        '<- {"error": {"class": "GenericError", "desc": "QMP input lacks member \'execute\'"}}',
        '<- {"hello": 1}',
      ]),
    ).toEqual(['violation malformed #4', 'violation invalid-command #6', 'violation malformed #8']);
  });

  test('server JSON that nobody else would read', () => {
    expect(
      found([...negotiation, '-> {"execute":"stop","id":1e400}', '<- {"return": {}, "id": inf}']),
    ).toContain('violation invalid-json #5');
  });

  test('a line ending that libvirt waits for in vain', () => {
    const recording = new MemoryRecording();
    const tap = new Tap(recording);
    tap.open(1, sessionStart({ dialect: 'qmp' }), 0);
    tap.chunk(1, { dir: 's2c', t: 1, bytes: latin1(`${greeting}\n`), fds: 0 });
    tap.close(1, 2, 'client-closed', undefined);
    expect([...checkMessages(recording)]).toMatchObject([{ rule: 'line-ending', seq: 1 }]);
  });

  test('out-of-band without the capability', () => {
    const oob = ['-> {"exec-oob":"migrate-pause","id":1}', '<- {"return": {}, "id": 1}'];
    expect(found([...negotiation, ...oob])).toEqual(['violation oob-not-enabled #4']);
    expect(found([...withOob, ...oob])).toEqual([]);
  });

  test('more commands in flight than the server queues', () => {
    const commands = (count: number): string[] =>
      Array.from({ length: count }, () => '-> {"execute":"stop"}');
    const responses = (count: number): string[] => Array.from({ length: count }, () => '<- {"return": {}}');
    expect(found([...withOob, ...commands(9), ...responses(9)])).toEqual([]);
    expect(found([...withOob, ...commands(11), ...responses(11)])).toEqual([
      'violation too-many-in-flight #13',
    ]);
    expect(found([...negotiation, ...commands(11), ...responses(11)])).toEqual([]);
  });

  test('unanswered commands and what the close cut off are only noted', () => {
    expect(found([...negotiation, '-> {"execute":"quit"}', '<- {"return": {}, '])).toEqual([
      'note partial #5',
      'note unanswered #4',
    ]);
  });

  test('the guest agent ends its lines with LF and needs no negotiation', () => {
    const recording = new MemoryRecording();
    const tap = new Tap(recording);
    tap.open(1, sessionStart(), 0);
    tap.chunk(1, {
      dir: 'c2s',
      t: 1,
      bytes: latin1('\xff{"execute":"guest-sync-delimited","arguments":{"id":7}}\n'),
      fds: 0,
    });
    tap.chunk(1, {
      dir: 's2c',
      t: 2,
      bytes: latin1('{"error": {"class": "GenericError", "desc": "x"}}\n\xff{"return": 7}\n'),
      fds: 0,
    });
    tap.close(1, 3, 'client-closed', undefined);
    expect([...checkMessages(recording)]).toEqual([]);
  });
});
