import { expect, test } from 'vitest';
import { controlSocket, decisionsFolder, hostFolder, questions } from '../../../src/launch/host/control.js';

test("the host's private folder is in that of its recordings, hidden from a list of them", () => {
  expect(hostFolder('/srv/qmp')).toBe('/srv/qmp/.host');
  expect(controlSocket('/srv/qmp')).toBe('/srv/qmp/.host/control.sock');
  expect(decisionsFolder('/srv/qmp')).toBe('/srv/qmp/.host/decided');
  expect(questions).toContain('vms');
});
