import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseProfile, printProfile, profileVersion } from '../../../src/inspect/profile/profile-file.js';
import { Profile } from '../../../src/inspect/profile/profile.js';
import { RecordingError } from '../../../src/errors.js';
import { exchange, played } from '../../support/conversation.js';

const profile = new Profile();
profile.add(played([...exchange('device_add', { id: 'x' }, {}, 3), ...exchange('stop')]));
const text = printProfile(profile);

test('is read as it was written', () => {
  expect(printProfile(parseProfile(text, 'a.json'))).toBe(text);
  expect(JSON.parse(text)).toMatchObject({
    type: 'qmptap-profile',
    version: 1,
    recordings: 1,
    commands: { device_add: { count: 1, shapes: { '{id}': { max: 3e6 } }, followers: { stop: 1 } } },
  });
});

test.each([
  ['{', 'it is no profile: no JSON'],
  ['[]', 'it is no profile'],
  [text.replace(`"version":${profileVersion}`, '"version":2'), 'made by a newer qmptap'],
  [text.replace('"commands"', '"others"'), 'it has no commands'],
  [text.replace('"max":', '"max":-'), 'damaged at command'],
  [text.replace('"shapes"', '"forms"'), 'damaged at command'],
])('%.30s is refused', (bad, reason) => {
  expect(() => parseProfile(bad, 'a.json')).toThrow(reason);
});

test('any other text is refused in one line, or read', () => {
  fc.assert(
    fc.property(fc.nat(text.length), fc.string(), (at, inserted) => {
      try {
        parseProfile(text.slice(0, at) + inserted + text.slice(at + inserted.length), 'a.json');
      } catch (error) {
        expect(error).toBeInstanceOf(RecordingError);
      }
    }),
  );
});
