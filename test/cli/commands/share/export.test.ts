import { vi } from 'vitest';
import { exportCommand } from '../../../../src/cli/share/export.js';
import { exportRecording } from '../../../../src/cli/share/export-recording.js';
import { testCommand } from '../../../support/command-line.js';

vi.mock(import('../../../../src/cli/share/export.js'), () => ({ exportCommand: vi.fn() }));
vi.mock(import('../../../../src/cli/share/export-recording.js'), () => ({ exportRecording: vi.fn() }));

const text = vi.mocked(exportCommand);
const copy = vi.mocked(exportRecording);
const plain = { filter: '', output: undefined, force: false, session: undefined, rules: [] };

testCommand({
  command: 'export',
  actions: [text, copy],
  runs: [
    ['a --format jsonl', text, ['a'], { ...plain, format: 'jsonl', redact: true }],
    ['a -o b.html', text, ['a'], { ...plain, output: 'b.html', format: 'html', redact: true }],
    // The flag is asked before the name.
    ['a -o b.html --format text', text, ['a'], { ...plain, output: 'b.html', format: 'text', redact: true }],
    [
      'a cmd:x dur:1 --format text --force -s 2 --rule key:a --rule path:b',
      text,
      ['a'],
      {
        ...{ filter: 'cmd:x dur:1', output: undefined, force: true, session: 2 },
        ...{ rules: ['key:a', 'path:b'], format: 'text', redact: true },
      },
    ],
    ['a --format text --no-redact', text, ['a'], { ...plain, format: 'text', redact: false }],
    // A copy is exact unless told otherwise.
    ['a -o b.qmptap', copy, ['a'], { ...plain, output: 'b.qmptap', redact: false }],
    ['a -o b.qmptap --redact', copy, ['a'], { ...plain, output: 'b.qmptap', redact: true }],
    [
      'a -o b.qmptap --rule key:x',
      copy,
      ...[['a'], { ...plain, output: 'b.qmptap', rules: ['key:x'], redact: true }],
    ],
  ],
  refuses: [
    ['', /missing required argument 'recording'/],
    ['a', /^export: the format is not given; give --format, one of qmptap, jsonl.*, or -o FILE$/],
    ['a -o -', /^export: the format is not given/],
    ['a -o b.xml', /^export -o b\.xml: its name ends with none of \.qmptap .*; give --format/],
    ['a --format xml', /Allowed choices are qmptap, jsonl/],
    ['a --format text --no-redact --rule key:x', /^--rule: it says what else to redact; leave out/],
    ['a --format text -s 0', /^--session 0: not a number from 1/],
  ],
});
