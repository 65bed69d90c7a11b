import { homedir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { defaultFolder, defaultPath, importPath } from '../../../src/cli/files/folder.js';

afterEach(() => {
  vi.unstubAllEnvs();
});

/** The variables that say where recordings go. */
function setEnvironment(home: string | undefined, state: string | undefined): void {
  vi.stubEnv('QMPTAP_HOME', home);
  vi.stubEnv('XDG_STATE_HOME', state);
}

describe('the folder of new recordings', () => {
  const own = join(homedir(), '.local', 'state', 'qmptap', 'recordings');
  test.each([
    ['/h', '/s', '/h/recordings'],
    ['', '/s', '/s/qmptap/recordings'],
    [undefined, '/s', '/s/qmptap/recordings'],
    // The XDG specification: a relative path is ignored.
    [undefined, 'state', own],
    [undefined, '', own],
    [undefined, undefined, own],
  ])('QMPTAP_HOME=%s, XDG_STATE_HOME=%s: %s', (home, state, folder) => {
    setEnvironment(home, state);
    expect(defaultFolder()).toBe(folder);
  });
});

test('a new recording is named by time and label', () => {
  setEnvironment('/h', undefined);
  const now = new Date(2026, 10, 20, 8, 52, 30);
  expect(defaultPath(now, 'web1')).toBe('/h/recordings/20261120-085230-web1.qmptap');
  expect(defaultPath(now, undefined)).toBe('/h/recordings/20261120-085230.qmptap');
});

test.each([
  ['-', '20261120-085230'],
  ['/var/log/libvirtd.log.1.gz', '20261120-085230-libvirtd.log.1'],
  ['a.txt.xz', '20261120-085230-a.txt'],
  ['a.txt', '20261120-085230-a.txt'],
])('an import of %s goes to %s', (file, name) => {
  setEnvironment('/h', undefined);
  expect(importPath(new Date(2026, 10, 20, 8, 52, 30), file)).toBe(`/h/recordings/${name}.qmptap`);
});
