import { describe, expect, test } from 'vitest';
import {
  ConnectError,
  JsonError,
  OutputError,
  QmptapError,
  RecordingError,
  UsageError,
} from '../src/errors.js';

describe('an error', () => {
  test('composes its line of subject, reason and remedy', () => {
    const error = new RecordingError(
      { reason: 'it was made by a newer qmptap', remedy: 'please update' },
      { path: 'a.qmptap', code: 'NEWER' },
    );
    expect(error.message).toBe('a.qmptap: it was made by a newer qmptap; please update');
    expect(error).toMatchObject({
      ...{ name: 'RecordingError', code: 'NEWER', exitCode: 1, path: 'a.qmptap', subject: 'a.qmptap' },
      ...{ reason: 'it was made by a newer qmptap', remedy: 'please update' },
    });
  });

  test('leaves out what it does not have', () => {
    expect(new UsageError({ reason: 'nothing to do' }).message).toBe('nothing to do');
    expect(new OutputError({ reason: 'it exists' }, { path: 'x' }).message).toBe('x: it exists');
    expect(new UsageError({ subject: '--fd', reason: 'no file' }).message).toBe('--fd: no file');
  });

  test('may be about something else than its file', () => {
    const error = new OutputError({ subject: '--recordings x', reason: 'no' }, { path: 'x', code: 'EXISTS' });
    expect(error).toMatchObject({ message: '--recordings x: no', path: 'x', code: 'EXISTS' });
  });

  test('of a text alone has it as its reason', () => {
    const error = new ConnectError('QEMU has ended', { address: 'unix:/q' });
    expect(error).toMatchObject({ message: 'QEMU has ended', reason: 'QEMU has ended', subject: undefined });
    expect(error.code).toBe('CONNECT');
    expect(new ConnectError('x', { address: 'unix:/q', code: 'NO_SERVER' }).code).toBe('NO_SERVER');
  });

  test('of an address says what could not be done with it', () => {
    const account = { reason: 'there is no such socket', remedy: 'is the server running?' };
    const error = new ConnectError(account, { address: 'unix:/q', attempt: 'connect to' });
    expect(error).toMatchObject({ ...account, subject: 'unix:/q', address: 'unix:/q' });
    expect(error.message).toBe('cannot connect to unix:/q: there is no such socket; is the server running?');
  });

  test('of JSON speaks as QEMU does', () => {
    const error = new JsonError('expecting value', 7);
    expect(error).toBeInstanceOf(QmptapError);
    expect(error).toMatchObject({
      message: 'JSON parse error, expecting value',
      reason: 'expecting value',
      offset: 7,
    });
  });

  test('keeps its cause', () => {
    const cause = new Error('ENOENT');
    expect(new RecordingError({ reason: 'gone' }, { path: 'x', cause }).cause).toBe(cause);
  });
});
