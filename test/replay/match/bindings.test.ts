import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseJson } from '../../../src/json/parse.js';
import { Bindings } from '../../../src/replay/match/bindings.js';
import { bytesOf, textOf } from '../playbook.js';

const dump = (file: string) => bytesOf(`{"execute":"screendump","arguments":{"filename":"${file}"},"id":1}`);

describe('what the client makes up', () => {
  test('is bound, and replaced in messages of either side', () => {
    const bindings = new Bindings('client');
    expect(bindings.bind('screendump', dump('/tmp/a.XyZ123'), dump('/tmp/a.Ab3dE9'))).toBe(true);
    expect(textOf(bindings.asNow(bytesOf('{"x": ["in /tmp/a.XyZ123", 1]}')))).toBe(
      '{"x": ["in /tmp/a.Ab3dE9", 1]}',
    );
    expect(bindings.asRecorded(parseJson(bytesOf('{"y":"/tmp/a.Ab3dE9"}')))).toEqual(
      new Map([['y', '/tmp/a.XyZ123']]),
    );
  });

  test('is bound as a whole where the command says so, and nowhere else', () => {
    const bindings = new Bindings('client');
    expect(bindings.bind('screendump', dump('/tmp/one'), dump('/tmp/another'))).toBe(true);
    expect(textOf(bindings.asNow(dump('/tmp/one')))).toBe(textOf(dump('/tmp/another')));
    expect(bindings.bind('pmemsave', dump('/tmp/three'), dump('/tmp/four'))).toBe(false);
  });

  test('a number is replaced where its member says what it means', () => {
    const bindings = new Bindings('client');
    const add = (set: number) => bytesOf(`{"execute":"add-fd","arguments":{"fdset-id":${set}}}`);
    expect(bindings.bind('add-fd', add(3), add(12))).toBe(true);
    expect(textOf(bindings.asNow(bytesOf('{"fdset-id": 3, "fd": 3, "file": "/dev/fdset/3"}')))).toBe(
      '{"fdset-id": 12, "fd": 3, "file": "/dev/fdset/12"}',
    );
  });

  test('names that mean something are not made up', () => {
    const command = (id: string) => bytesOf(`{"execute":"device_del","arguments":{"id":"${id}"}}`);
    for (const [was, is] of [
      ['virtio-disk10', 'virtio-disk11'],
      ['web-Server', 'web-Client'],
      ['net0', 'net1'],
      ['#block045', '#block046'],
    ] as const)
      expect(new Bindings('client').bind('device_del', command(was), command(is))).toBe(false);
    const uuid = [
      'ua-6f1c0f0e-0000-4000-8000-000000000001',
      'ua-6f1c0f0e-0000-4000-8000-00000000000f',
    ] as const;
    expect(new Bindings('client').bind('device_del', command(uuid[0]), command(uuid[1]))).toBe(true);
  });
});

test('what the server makes up is learned from answers that differ in more', () => {
  const bindings = new Bindings('server');
  const answer = (node: string, pid: number) =>
    bytesOf(`{"return": {"node": "${node}", "pid": ${pid}}, "id": 1}`);
  bindings.learn('guest-exec', answer('#block045', 7), answer('#block199', 1234));
  const command = '{"execute":"guest-exec-status","arguments":{"pid": 7, "node": "#block045", "n": 7}}';
  expect(textOf(bindings.asNow(bytesOf(command)))).toBe(
    '{"execute":"guest-exec-status","arguments":{"pid": 1234, "node": "#block199", "n": 7}}',
  );
});

test('any bytes are let alone where nothing of them is bound', () => {
  const bindings = new Bindings('client');
  bindings.bind('screendump', dump('/tmp/a.XyZ123'), dump('/tmp/a.Ab3dE9'));
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
      const bytes = new TextEncoder().encode(text);
      expect(bindings.asNow(bytes)).toEqual(bytes);
    }),
  );
});
