import { Command } from 'commander';
import { describe, expect, test } from 'vitest';
import { addLimitOptions } from '../../../src/cli/commands/capture/limit-options.js';
import {
  checkLimits,
  isLimited,
  limitArguments,
  limitKinds,
  limitsOf,
} from '../../../src/launch/record/recording-limits.js';

const all = { maxSize: 2 << 20, maxSessions: 3, keep: 4 };

describe('the table of limits', () => {
  test('has a row for every limit', () => {
    expect(limitKinds.map(({ name }) => name).sort()).toEqual(Object.keys(all).sort());
    expect(limitsOf({ ...all, ...{ label: 'x' } })).toEqual(all);
  });

  test.each(limitKinds)('$flag is read by a program as it was written for it', ({ name, flag }) => {
    const limits = { [name]: all[name] };
    expect(isLimited(limits)).toBe(true);
    const argv = limitArguments(limits);
    expect(argv[0]).toBe(flag);
    const command = addLimitOptions(new Command());
    expect(command.parse(argv, { from: 'user' }).opts()).toEqual(limits);
    expect(command.helpInformation()).toContain(flag);
  });

  test('none is no limit', () => {
    expect(isLimited({})).toBe(false);
    expect(limitArguments({})).toEqual([]);
  });

  test.each(limitKinds)('$name under its least is refused', ({ name, least }) => {
    expect(() => {
      checkLimits({ [name]: least - 1 });
    }).toThrow(`${name} ${least - 1}: not a whole number in its range; give a number from ${least}`);
    checkLimits({ [name]: least });
  });
});
