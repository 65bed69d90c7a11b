import { closeSync, fstatSync, mkdirSync, readlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { UsageError } from '../../../src/errors.js';
import { descriptorName, openDescriptors } from '../../../src/launch/replay/replay-descriptors.js';
import type { Message } from '../../../src/recording/message.js';
import { testFolder } from '../../support/folder.js';
import { recorded } from '../../support/recorded.js';

function carrier(text: string, fds = 1): Message {
  const [message] = recorded([`-> ${text}`]).messages();
  return { ...message!, fds };
}

function opened(message: Message, files: Record<string, string>): string[] {
  const fds = openDescriptors(message, new Map(Object.entries(files)));
  onTestFinished(() => {
    for (const fd of fds) closeSync(fd);
  });
  return fds.map((fd) => readlinkSync(`/proc/self/fd/${fd}`));
}

const getfd = '{"execute":"getfd","arguments":{"fdname":"migrate"}}';

describe('a descriptor', () => {
  test('has the name that its command gives it', () => {
    expect(descriptorName(carrier(getfd))).toBe('migrate');
    expect(descriptorName(carrier('{"execute":"add-fd","arguments":{"fdset-id":0,"opaque":"disk"}}'))).toBe(
      'disk',
    );
    expect(descriptorName(carrier('{"execute":"add-fd"}'))).toBeUndefined();
    expect(descriptorName(carrier('{]'))).toBeUndefined();
  });

  test('is /dev/null, or the file of its name; a new one if there is none', () => {
    const folder = testFolder();
    const state = join(folder, 'state');
    expect(opened(carrier(getfd), {})).toEqual(['/dev/null']);
    expect(opened(carrier(getfd, 2), { migrate: state, other: '/dev/zero' })).toEqual([state, '/dev/null']);
    writeFileSync(state, 'kept');
    opened(carrier(getfd), { migrate: state });
    expect(fstatSync(openDescriptors(carrier(getfd), new Map([['migrate', state]]))[0]!).size).toBe(4);
  });

  test('may be of a folder, which is only read; what cannot be opened is refused', () => {
    const folder = join(testFolder(), 'dir');
    mkdirSync(folder);
    expect(opened(carrier(getfd), { migrate: folder })).toEqual([folder]);
    expect(() => opened(carrier(getfd), { migrate: join(folder, 'no', 'such') })).toThrow(UsageError);
  });
});
