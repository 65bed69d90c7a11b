/** What the documents name exists: files, chapters, commands, options, keys. And they leave out no command. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import * as library from '../../src/index.js';
import { keymap } from '../../src/tui/input/keymap.js';
import { run, start } from '../support/process.js';
import { pages } from './documents.js';
import { helpTexts } from './help-texts.js';

/** All that users read, by the page; and all of it. */
const written = new Map(pages.map((page) => [page, readFileSync(page, 'utf8')]));
const everything = [...written.values()].join('\n');
const texts = helpTexts();

describe.each([...pages, 'CONTRIBUTING.md', 'src/README.md', 'src/store/FORMAT.md', 'recordings/README.md'])(
  '%s',
  (document) => {
    const text = readFileSync(document, 'utf8');

    test('links to files and chapters that are there', () => {
      const links = Array.from(text.matchAll(/\]\(([^)\s]+)\)/g), ([, to = '']) => to).filter(
        (to) => !to.startsWith('https:'),
      );
      const broken = links.filter((link) => {
        const [file = '', chapter] = link.split('#');
        const path = file === '' ? document : join(dirname(document), file);
        return !existsSync(path) || (chapter !== undefined && !chaptersOf(path).includes(chapter));
      });
      expect(broken).toEqual([]);
    });
  },
);

/** As GitHub names them. */
function chaptersOf(path: string): string[] {
  return Array.from(readFileSync(path, 'utf8').matchAll(/^#+ (.*)$/gm), ([, title = '']) =>
    title
      .toLowerCase()
      .replaceAll(/[^\w -]/g, '')
      .replaceAll(' ', '-'),
  );
}

test('the README can be read in one go', () => {
  expect(Buffer.byteLength(written.get('README.md') ?? '')).toBeLessThanOrEqual(12_000);
});

test('the pictures show the UI as it is; npm run pictures draws them', async () => {
  const drawn = start(process.execPath, ['docs/pictures/draw.mjs', '--check']);
  const code = await drawn.ended;
  expect({ code, said: drawn.stderr() }).toEqual({ code: 0, said: '' });
});

test('the pages name no option and no command that the program lacks', () => {
  const known = new Set([...texts.values()].flatMap((help) => help.match(/--[a-z][a-z-]+/g) ?? []));
  // The bench, the searches, npm and systemctl are programs of their own.
  const ours = [...written]
    .filter(([page]) => page !== 'docs/speed.md')
    .map(([, text]) => text.replaceAll(/`npm (?:run [a-z:]+(?: --)?|install)[^`]*`|\bsystemctl .*$/gm, ''))
    .join('\n');
  const options = ours.match(/(?<![\w-])--[a-z][a-z-]+/g) ?? [];
  expect(options.length).toBeGreaterThan(40);
  expect(options.filter((option) => !known.has(option))).toEqual([]);
  const commands = Array.from(ours.matchAll(/(?:`|\$ )qmptap ([a-z]+)/g), ([, name = '']) => name);
  expect(commands.length).toBeGreaterThan(25);
  expect(commands.filter((name) => !texts.has(name))).toEqual([]);
});

test('the pages name every command', () => {
  const commands = [...texts.keys()].filter((name) => name !== '');
  const isNamed = (name: string): boolean => new RegExp(`(?:qmptap |\`)${name}\\b`).test(everything);
  expect(commands.filter((name) => !isNamed(name))).toEqual([]);
});

test('the functions that the pages name are in the library', () => {
  const [, functions = ''] = /is also a function: ([^.]*)\./.exec(everything) ?? [];
  const names = [
    ...functions.matchAll(/`(\w+)`/g),
    ...everything.matchAll(/import \{ ([\w, ]+) \} from 'qmptap'/g),
  ];
  const all = names.flatMap(([, name = '']) => name.split(', '));
  expect(all.length).toBeGreaterThan(10);
  expect(all.filter((name) => !Object.hasOwn(library, name))).toEqual([]);
});

test('the table of keys in docs/terminal-ui.md is the keymap', () => {
  const [, table = ''] = /\n(\| key [^]*?)\n\n/.exec(written.get('docs/terminal-ui.md') ?? '') ?? [];
  const shown = Array.from(table.matchAll(/`([^`]+)`/g), ([, key = '']) => key);
  const spelled: Readonly<Record<string, string>> = {
    pageup: 'PgUp',
    pagedown: 'PgDn',
    enter: 'Enter',
    escape: 'Esc',
    tab: 'Tab',
  };
  const keys: readonly string[] = keymap.flatMap((binding) => binding.keys);
  const known = new Set(keys.map((key) => spelled[key] ?? key));
  expect(shown.length).toBeGreaterThan(20);
  expect(shown.filter((key) => !known.has(key))).toEqual([]);
  const missing = keymap.filter(({ keys: all }) => !all.some((key) => shown.includes(spelled[key] ?? key)));
  expect(missing.map(({ action }) => action)).toEqual(['send']); // it has a paragraph of its own
});

test.each([
  [0, ['check', 'recordings/demo.qmptap']],
  [1, ['show', 'missing.qmptap']],
  [2, ['show']],
  [3, ['diff', 'recordings/demo.qmptap', 'recordings/schema.qmptap']],
])('the exit code %i is what docs/reference.md says', async (code, words) => {
  expect((await run(words)).code).toBe(code);
});

describe('src/README.md', () => {
  const text = readFileSync('src/README.md', 'utf8');
  const named = Array.from(text.matchAll(/`([\w.-]+\/[\w./-]*|[\w.-]+\.ts)`/g), ([, path = '']) => path);

  test('names paths that are there', () => {
    expect(named.length).toBeGreaterThan(100);
    expect(named.filter((path) => !existsSync(join('src', path)) && !existsSync(path))).toEqual([]);
  });

  test('maps every folder that has code', () => {
    const folders = readdirSync('src', { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('.ts') && path.includes('/'))
      .map((path) => `${dirname(path)}/`.replace(/^cli\/commands\/.*/, 'cli/commands/'));
    expect([...new Set(folders)].filter((folder) => !named.includes(folder))).toEqual([]);
  });
});

test('the tests that docs/security.md names are there', () => {
  const proofs = Array.from((written.get('docs/security.md') ?? '').matchAll(/`([a-z]+(?:\/[\w-]+)+)`/g));
  const paths = proofs.map(([, path = '']) => `test/${path}.test.ts`);
  expect(paths.length).toBeGreaterThan(15);
  expect(paths.filter((path) => !existsSync(path))).toEqual([]);
});
