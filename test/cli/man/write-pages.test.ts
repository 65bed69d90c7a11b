import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { withSubcommands, wordsOf } from '../../../src/cli/man/man-page.js';
import { createProgram } from '../../../src/cli/program.js';

test('the build writes a page for every command, and package.json names them all', () => {
  const pages = withSubcommands(createProgram())
    .map((command) => `${wordsOf(command).join('-')}.1`)
    .sort();
  expect(pages).toContain('qmptap-replay-server.1');
  expect(readdirSync('dist/man').sort()).toEqual(pages);
  const { man } = JSON.parse(readFileSync('package.json', 'utf8')) as { man: string[] };
  expect(man).toEqual(pages.map((page) => `./dist/man/${page}`));
});
