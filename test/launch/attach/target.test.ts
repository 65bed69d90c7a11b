import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { findTarget } from '../../../src/launch/attach/target.js';

test('what has a slash, or says unix:, is a path', async () => {
  for (const [word, path] of [
    ['/run/vm/qmp.sock', '/run/vm/qmp.sock'],
    ['./qmp.sock', resolve('qmp.sock')],
    ['unix:qmp.sock', resolve('qmp.sock')],
  ] as const) {
    const { channels, label, libvirt } = await findTarget({ target: word });
    expect({ channels, label, libvirt }).toEqual({
      channels: [{ path, dialect: undefined }],
      label: undefined,
      libvirt: undefined,
    });
  }
  expect((await findTarget({ target: '/a', agent: true })).channels).toEqual([
    { path: '/a', dialect: 'qga' },
  ]);
});

test.each([
  [{ target: undefined }, /attach to what\?/],
  [{ target: '' }, /attach to what\?/],
  [{ target: '/a', pid: 1 }, /leave out the target/],
  [{ target: 'incus:../x' }, /no instance's name/],
  [{ target: 'incus:none-such' }, /no monitor of such an instance/],
  [{ target: 'incus:x', agent: true }, /does not speak QMP/],
  [{ target: 'web1', connect: 'qemu+ssh://host/system' }, /only QEMU on this machine/],
])('%j', async (options, message) => {
  await expect(findTarget(options)).rejects.toThrow(message);
});
