import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { sourceWords } from '../../../src/cli/files/source-words.js';
import { testFolder } from '../../support/folder.js';

test('recordings and folders are told from the filter', () => {
  const folder = join(testFolder(), 'r');
  mkdirSync(folder);
  expect(
    sourceWords('boot', ['a.qmptap', 'cmd:stop', folder, `${folder}/`, 'not', `${folder}-none/`]),
  ).toEqual({
    paths: ['boot', 'a.qmptap', folder, `${folder}/`],
    filter: `cmd:stop not ${folder}-none/`,
  });
  // Terms of the filter, though a folder or a file may have such a name.
  const filter = ['/tmp/', 'file:a.qmptap', 'src', '/a b/'];
  expect(sourceWords('a', filter)).toEqual({ paths: ['a'], filter: filter.join(' ') });
});

test('in the other order they are told apart, too', () => {
  const demo = 'recordings/demo.qmptap';
  expect(sourceWords('cmd:stop', ['dur>1s', demo])).toEqual({ paths: [demo], filter: 'cmd:stop dur>1s' });
  expect(sourceWords('!kind:error', ['recordings/'])).toEqual({
    paths: ['recordings/'],
    filter: '!kind:error',
  });
  // A file that is not there is one, whatever stands behind it.
  expect(sourceWords('missing', [demo]).paths).toEqual(['missing', demo]);
  expect(sourceWords('a:b.qmptap', []).paths).toEqual(['a:b.qmptap']);
  expect(() => sourceWords('cmd:stop', ['or', 'pending'])).toThrow(
    'cmd:stop or pending: that is a filter, and no recording is given; give the recording',
  );
});
