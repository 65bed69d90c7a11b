import { expect, test } from 'vitest';
import { emulatorFacts } from '../../../src/launch/emulator/emulator-facts.js';
import { recordingScript, replayingScript } from '../../../src/launch/emulator/emulator-script.js';

const awkward = "/srv/it's a; $(touch x)/r";

test('a recording script says what it needs, whatever the names are', () => {
  const script = recordingScript({
    ...{ bash: '/bin/bash', version: 'qmptap 1', qemu: `${awkward}/qemu`, probe: false },
    recorder: [
      '/usr/bin/node',
      '/opt/main.js',
      'interpose',
      '--agent',
      '--recordings',
      awkward,
      '--keep',
      '3',
    ],
  });
  expect(emulatorFacts(script)).toEqual({
    ...{ kind: 'recording', bash: '/bin/bash', qemu: `${awkward}/qemu` },
    ...{ node: '/usr/bin/node', main: '/opt/main.js', recordings: [awkward] },
  });
});

test('a replaying script names all that it replays', () => {
  const script = replayingScript({
    ...{ bash: '/bin/bash', version: 'qmptap 1', qemu: undefined },
    replayer: ['/usr/bin/node', '/opt/main.js', 'impersonate', '--replay', 'a.qmptap', awkward],
  });
  expect(emulatorFacts(script)).toMatchObject({
    ...{ kind: 'replaying', qemu: undefined, node: '/usr/bin/node', recordings: ['a.qmptap', awkward] },
  });
});

test.each(['', '#!/bin/sh\nexec qemu\n', '#!/bin/bash\n# almost\nrecorder=(/x)\n'])(
  '%j is no emulator of ours',
  (text) => {
    expect(emulatorFacts(text)).toBeUndefined();
  },
);
