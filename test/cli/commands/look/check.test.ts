import { vi } from 'vitest';
import { check } from '../../../../src/cli/look/check.js';
import { checkRecordingRules, listRules } from '../../../../src/cli/look/check-rules.js';
import { testCommand } from '../../../support/command-line.js';

vi.mock(import('../../../../src/cli/look/check.js'), () => ({ check: vi.fn(() => 3) }));
vi.mock(import('../../../../src/cli/look/check-rules.js'), async (original) => ({
  ...(await original()),
  checkRecordingRules: vi.fn(() => Promise.resolve(3)),
  listRules: vi.fn(),
}));

const action = vi.mocked(check);
const judge = vi.mocked(checkRecordingRules);
const list = vi.mocked(listRules);
const plain = { rules: ['r.yaml'], mutate: false, follow: false, format: 'text' };

testCommand({
  command: 'check',
  actions: [action, judge, list],
  runs: [
    ['a.qmptap b', action, ['a.qmptap', 'b'], false, undefined],
    ['a.qmptap', action, ['a.qmptap'], false, undefined],
    ['--json a.qmptap --schema b.qmptap', action, ['a.qmptap'], true, 'b.qmptap'],
    ['a.qmptap --rules r.yaml', judge, ['a.qmptap'], plain],
    ['a.qmptap --rules r.yaml --rules pack', judge, ['a.qmptap'], { ...plain, rules: ['r.yaml', 'pack'] }],
    ['a.qmptap --rules r.yaml --json', judge, ['a.qmptap'], { ...plain, format: 'json' }],
    [
      'a.qmptap --rules r.yaml --format sarif -f',
      judge,
      ['a.qmptap'],
      { ...plain, format: 'sarif', follow: true },
    ],
    ['a.qmptap --rules r.yaml --mutate', judge, ['a.qmptap'], { ...plain, mutate: true }],
    ['--list-rules', list],
  ],
  refuses: [
    ['', /<recording>: it is missing; name a recording or a folder/],
    ['a.qmptap --schema', /'--schema <recording>' argument missing/],
    ['a.qmptap --mutate', /--mutate: it needs rules; add --rules FILE, or --rules pack/],
    ['a.qmptap --follow', /--follow: it needs rules/],
    ['a.qmptap --format junit', /--format: it needs rules/],
    ['a.qmptap --rules r --schema b', /--schema: it does not go with --rules/],
    ['a.qmptap --rules r --json --format junit', /--json: it does not go with another --format/],
    ['a.qmptap --rules r --mutate --follow', /--follow: it does not go with --mutate/],
    ['a.qmptap --rules r --mutate --format sarif', /--format: it does not go with --mutate/],
    ['a.qmptap --rules r --format xml', /Allowed choices are text, json, junit, sarif/],
    ['a.qmptap --list-rules', /--list-rules: it stands alone/],
  ],
});
