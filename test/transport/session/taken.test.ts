import { expect, test } from 'vitest';
import type { Peer } from '../../../src/recording/session.js';
import { takenBy } from '../../../src/transport/session/taken.js';

const line = (client: Peer): string => takenBy({ session: 1, client, served: true });

test('who has a monitor is a session and a process, as far as they are known', () => {
  const client = { address: 'unix:/q', pid: 713, uid: 64055, gid: 1, program: 'libvirtd' };
  expect(line(client)).toBe(
    'the server serves one client at a time, and session 1 has it: libvirtd (pid 713, uid 64055); this client waits',
  );
  expect(takenBy({ session: undefined, client, served: false })).toContain(
    'another session came first: libvirtd',
  );
  expect(line({ ...client, program: undefined })).toContain(': a process (pid 713, uid 64055);');
  expect(line({ address: 'unix:/q', uid: 5 })).toContain(': a process of uid 5;');
  expect(line({ address: 'tcp:127.0.0.1:4444' })).toContain(': tcp:127.0.0.1:4444;');
});
