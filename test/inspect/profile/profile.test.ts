import fc from 'fast-check';
import { expect, test } from 'vitest';
import { otherName, Profile } from '../../../src/inspect/profile/profile.js';
import { printProfile } from '../../../src/inspect/profile/profile-file.js';
import { exchange, type Line, played } from '../../support/conversation.js';

export function profileOf(...recordings: readonly (readonly Line[])[]): Profile {
  const profile = new Profile();
  for (const lines of recordings) profile.add(played(lines));
  return profile;
}

test('counts commands, errors, those without an answer, and who follows whom', () => {
  const profile = profileOf([
    ...exchange('query-status', undefined, {}, 4),
    ['->', { execute: 'stop' }],
    ['<-', { error: { class: 'GenericError', desc: 'no' } }],
    ...exchange('query-status', undefined, {}, 2),
    ['->', { execute: 'cont' }],
  ]);
  expect(profile).toMatchObject({ recordings: 1, sessions: 1 });
  expect(profile.commands.get('query-status')).toMatchObject({ count: 2, errors: 0, unanswered: 0 });
  expect(profile.commands.get('stop')).toMatchObject({ count: 1, errors: 1 });
  expect(profile.commands.get('cont')).toMatchObject({ count: 1, unanswered: 1 });
  expect(profile.durations('query-status').max).toBe(4e6);
  const followers = [...profile.commands].map(([name, of]) => [name, Object.fromEntries(of.followers)]);
  expect(Object.fromEntries(followers)).toMatchObject({
    '': { 'query-status': 1 },
    'query-status': { stop: 1, cont: 1 },
    stop: { 'query-status': 1 },
  });
});

test('has durations by the shape of the arguments', () => {
  const profile = profileOf([
    ...exchange('device_add', { driver: 'a', id: 'x' }, {}, 1),
    ...exchange('device_add', { driver: 'b', id: 'y' }, {}, 9),
  ]);
  const shapes = profile.commands.get('device_add')?.shapes;
  expect([...(shapes ?? [])].map(([shape, { max }]) => [shape, max])).toEqual([
    ['{driver=a,id}', 1e6],
    ['{driver=b,id}', 9e6],
  ]);
});

const conversation = fc
  .array(fc.tuple(fc.constantFrom('stop', 'cont', 'query-block'), fc.nat({ max: 50 })), { maxLength: 6 })
  .map((all) => all.flatMap(([name, took]) => exchange(name, undefined, {}, took)));

test('profiles add up, in any order, to that of all recordings', () => {
  fc.assert(
    fc.property(fc.array(conversation, { minLength: 1, maxLength: 4 }), (all) => {
      const whole = JSON.parse(printProfile(profileOf(...all))) as object;
      for (const some of [all, all.toReversed()]) {
        const sum = new Profile();
        for (const lines of some) sum.merge(profileOf(lines));
        expect(JSON.parse(printProfile(sum))).toEqual(whole);
      }
    }),
    { numRuns: 50 },
  );
});

test('is bounded, whatever names come', () => {
  const profile = new Profile();
  for (let n = 0; n < 2500; n++) profile.command(`command${n}`);
  for (let n = 0; n < 100; n++) profile.shape('stop', `{shape${n}}`).add(1);
  for (let n = 0; n < 300; n++) profile.follow('cont', `command${n}`);
  expect(profile.commands.size).toBe(2001);
  expect(profile.commands.get(otherName)?.shapes.size).toBe(65);
  expect(profile.commands.get(otherName)?.followers.size).toBe(201);
});
