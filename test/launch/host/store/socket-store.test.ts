import { closeSync, fstatSync, openSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, onTestFinished, test } from 'vitest';
import {
  parseStoredName,
  SocketStore,
  storedName,
  type StoredSocket,
  takeStoreEnvironment,
} from '../../../../src/launch/host/store/socket-store.js';
import { DatagramReceiver } from '../../../../src/transport/notify/datagram.js';
import { testFolder } from '../../../support/folder.js';
import { until } from '../../../support/until.js';

/** A store that reads only when it is told to. */
function storeAt(path: string): { said: string[]; kinds: number[]; drain: () => void } {
  const said: string[] = [];
  const kinds: number[] = [];
  const receiver = new DatagramReceiver(path, (text, fds) => {
    said.push(text);
    for (const fd of fds) {
      kinds.push(fstatSync(fd).rdev);
      closeSync(fd);
    }
  });
  onTestFinished(() => {
    receiver.close();
  });
  return {
    said,
    kinds,
    drain: () => {
      receiver.drain();
    },
  };
}

test('says what sd_notify says; a store that is behind gets everything in order, with the right files', async () => {
  const path = join(testFolder(), 'notify.sock');
  const { said, kinds, drain } = storeAt(path);
  const store = new SocketStore(path, (text) => {
    throw new Error(text);
  });
  const count = 1000; // more than any queue takes
  for (let number = 1; number <= count; number++) {
    const file = openSync(number % 2 === 0 ? '/dev/null' : '/dev/zero', 'r');
    store.put(storedName({ kind: 'listener', path: number }), file);
    closeSync(file); // its number is another file's next time
  }
  store.remove('L1');
  store.ready();
  await until('the store to be told of all', () => {
    drain();
    return said.length === count + 2;
  });
  await store.settled();
  expect(said.slice(0, 2)).toEqual(['FDSTORE=1\nFDNAME=L1', 'FDSTORE=1\nFDNAME=L2']);
  expect(said.slice(-2)).toEqual(['FDSTOREREMOVE=1\nFDNAME=L1', 'READY=1']);
  const [zero, none] = ['/dev/zero', '/dev/null'].map((name) => {
    const file = openSync(name, 'r');
    const { rdev } = fstatSync(file);
    closeSync(file);
    return rdev;
  });
  expect(kinds).toEqual(Array.from({ length: count }, (_, at) => (at % 2 === 0 ? zero : none)));
});

test('a store that hangs is waited for once; what it has not taken comes when it goes on', async () => {
  const path = join(testFolder(), 'notify.sock');
  const { said, drain } = storeAt(path);
  const store = new SocketStore(path, (text) => {
    throw new Error(text);
  });
  // Nothing runs here that would read: to wait for each would take longer than this test may.
  const count = 1500;
  const file = openSync('/dev/null', 'r');
  for (let number = 1; number <= count; number++) store.put(`L${number}`, file);
  closeSync(file);
  store.remove('L1');
  await until('all', () => {
    drain();
    return said.length === count + 1;
  });
  expect(said.at(-1)).toBe('FDSTOREREMOVE=1\nFDNAME=L1');
});

test('a store that is not there is told of once', () => {
  const told: string[] = [];
  const store = new SocketStore(join(testFolder(), 'none.sock'), (text) => told.push(text));
  store.ready();
  store.remove('L1');
  expect(told).toEqual([expect.stringMatching(/a kill of this process would end its VMs: .*ENOENT/)]);
});

describe('names', () => {
  const number = fc.nat({ max: 999_999_999 });
  const socket: fc.Arbitrary<StoredSocket> = fc.oneof(
    fc.record({ kind: fc.constant('listener' as const), path: number }),
    fc.record({ kind: fc.constantFrom('client' as const, 'server' as const), path: number, session: number }),
  );

  test('are read as they were written, and are what systemd takes', () => {
    fc.assert(
      fc.property(socket, (one) => {
        expect(parseStoredName(storedName(one))).toEqual(one);
        expect(storedName(one)).toMatch(/^[!-9;-~]{1,255}$/);
      }),
    );
  });

  test('of others are none of ours', () => {
    for (const name of ['', 'stored', 'L', 'L1.2', 'C1', 'X1.2', 'L-1', 'L1234567890'])
      expect(parseStoredName(name)).toBeUndefined();
  });
});

describe('what a process was started with', () => {
  test("systemd's variables count for the process that they name, and go no further", () => {
    const env = {
      NOTIFY_SOCKET: '/run/notify',
      LISTEN_PID: '1',
      LISTEN_FDS: '1',
      LISTEN_FDNAMES: 'L1',
      HOME: '/',
    };
    expect(takeStoreEnvironment(env)).toEqual({ address: '/run/notify', holder: undefined, sockets: [] });
    expect(env).toEqual({ HOME: '/' });
  });

  test("our holder's count for its child", () => {
    const count = { LISTEN_FDS: '2', LISTEN_FDNAMES: 'L7:C7.1', NOTIFY_SOCKET: '/x' };
    expect(takeStoreEnvironment({ ...count, QMPTAP_HOLDER: String(process.ppid) })).toEqual({
      ...{ address: '/x', holder: process.ppid },
      sockets: [
        { kind: 'listener', path: 7, fd: 3 },
        { kind: 'client', path: 7, session: 1, fd: 4 },
      ],
    });
    expect(takeStoreEnvironment({ ...count, QMPTAP_HOLDER: '1' })).toMatchObject({ sockets: [] });
    expect(takeStoreEnvironment({})).toEqual({ address: undefined, holder: undefined, sockets: [] });
  });
});
