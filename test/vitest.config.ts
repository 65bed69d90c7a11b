/** How the tests run, whoever starts them: `npm test`, `npx vitest run FILE`, an editor. */
import { defineConfig } from 'vitest/config';

/** A test starts QEMU, libvirt or a browser, beside as many others as there are cores. */
const patience = 60_000;

export default defineConfig({
  test: {
    dir: 'test',
    exclude: ['dist', 'node_modules'],
    maxWorkers: '100%',
    testTimeout: patience,
    hookTimeout: patience,
    coverage: { include: ['src/**/*.ts'] },
  },
});
