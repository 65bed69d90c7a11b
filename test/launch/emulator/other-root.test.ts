import { chmodSync, mkdirSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { UsageError } from '../../../src/errors.js';
import { OtherRoot } from '../../../src/launch/emulator/other-root.js';
import { testFolder } from '../../support/folder.js';

/** A root with these programs. */
function rootWith(...programs: readonly string[]): string {
  const root = realpathSync(testFolder());
  for (const path of programs) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), '');
    chmodSync(join(root, path), 0o755);
  }
  return root;
}

test('paths there are absolute, and stay in it', () => {
  const root = rootWith('/bin/bash');
  symlinkSync('/etc', join(root, 'out'));
  symlinkSync('bin', join(root, 'in'));
  const other = new OtherRoot(root);
  expect(other.here('/a/b')).toBe(join(root, 'a/b'));
  expect(other.here('/in/bash')).toBe(join(root, 'in/bash'));
  expect(() => other.here('a')).toThrow(/^a: with --for-root, paths are those of the other root/);
  expect(() => other.here('/out/passwd')).toThrow(/leads out of it, to \/etc\/passwd/);
  expect(() => new OtherRoot(join(root, 'none'))).toThrow(UsageError);
});

test('what is not there yet is remembered, in one line', () => {
  const root = rootWith('/usr/bin/bash');
  const other = new OtherRoot(root);
  expect(other.first(['/bin/bash', '/usr/bin/bash'])).toBe('/usr/bin/bash');
  expect(other.needed('/usr/libexec/qemu-kvm', true)).toBe('/usr/libexec/qemu-kvm');
  expect(other.missing).toEqual([
    `/usr/libexec/qemu-kvm is not in ${root} yet; it must be there when the emulator runs`,
  ]);
});

test('Node and qmptap are found beside the emulator, or where packages put them', () => {
  const main = 'node_modules/qmptap/dist/cli/main.js';
  const beside = new OtherRoot(rootWith('/opt/tap/bin/node', `/opt/tap/${main}`, '/usr/bin/node'));
  expect(beside.program('/opt/tap/qemu')).toEqual(['/opt/tap/bin/node', `/opt/tap/${main}`]);
  const packaged = new OtherRoot(rootWith('/usr/bin/node', `/usr/lib/${main}`));
  expect(packaged.program('/opt/tap/qemu')).toEqual(['/usr/bin/node', `/usr/lib/${main}`]);
  expect(() => new OtherRoot(rootWith('/a/node')).program('/opt/qemu')).toThrow(/no node in \/opt\/bin/);
  expect(() => new OtherRoot(rootWith('/usr/bin/node')).program('/opt/qemu')).toThrow(
    /no qmptap in .*; install it: cd .* && npm install qmptap/,
  );
});
