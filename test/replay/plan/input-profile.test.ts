import { describe, expect, test } from 'vitest';
import { inputProfile } from '../../../src/replay/plan/input-profile.js';
import { greeting, planned } from '../playbook.js';

const profileOf = (script: string, dialect: 'qmp' | 'qga' = 'qmp'): string =>
  inputProfile(planned(script, { dialect })).name;
const refusal = (desc: string): string => `<- {"error": {"class": "GenericError", "desc": "${desc}"}}`;

describe('the rules of a recorded server', () => {
  test('are those of the version that it greeted with', () => {
    expect(profileOf(`<- ${greeting}`)).toBe('classic');
    expect(profileOf(`<- ${greeting.replace('"minor": 2, "major": 7', '"minor": 0, "major": 12')}`)).toBe(
      'eager',
    );
  });

  test('without a greeting are those of its first refusal that tells', () => {
    const limit = refusal('JSON nesting depth limit exceeded');
    const other =
      '<- {"error": {"class": "GenericError", "desc": "1:1: JSON parse error, of another"}, "id": 1}';
    expect(
      profileOf(
        `-> {"execute":"x"}\n${other}\n-> @\n${limit}\n-> @\n${refusal('3:1: JSON parse error, x')}`,
        'qga',
      ),
    ).toBe('eager');
    expect(profileOf(`-> @\n${refusal('JSON parse error, x')}`, 'qga')).toBe('classic');
    expect(profileOf('-> {"execute":"guest-ping"}\n<- {"return": {}}', 'qga')).toBe('classic');
  });
});
