/**
 * A log of libvirt's, known to be good, in the hands of people: prefixed, quoted, cut and mixed with others. The
 * messages that survive are the same ones.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { disguises, recordsOf } from '../../support/disguises.js';
import { imported } from '../../support/imported.js';
import { latin1 } from '../../support/frames.js';
import { Source } from '../support/source.js';
import type { Target } from '../target.js';

const log = readFileSync(new URL('../../fixtures/field/libvirt-12-greeting.log', import.meta.url), 'latin1');
const good = recordsOf(log);

/** Those that work on any lines, so that one can go over another. */
const perLine = ['cat -n', 'quoted in mail', 'quoted twice', 'indented', 'in colours', 'docker compose logs'];
const names = Object.keys(disguises);

/** What else may stand in a file: none of it is a message. */
const strangers = [
  'On Mon, Nov 30, 2026, somebody wrote:',
  '2026-11-30 11:11:19.000+0000: 21: debug : virObjectRef:402 : OBJECT_REF: obj=0x7f1c2c010000',
  '2026-11-30 11:11:19.000+0000: 21: info : this looks like a record of QEMU_MONITOR_SEND_MSG',
  'Nov 30 11:11:19 host1 systemd[1]: Started Session 7 of User root.',
  '[ 12.345678] kernel: random',
  '{"level":"info","msg":"something else","time":"2026-11-30T11:11:19Z"}',
  '12:34:56 GET /index.html',
  '',
];

const wear = (name: string, entries: readonly (readonly string[])[]): string =>
  disguises[name]?.(entries) ?? '';

/** Of each message its direction and its text, whatever session it is in. */
function messagesOf(text: string): string[] {
  const { recording } = imported(text, 'libvirt-log');
  return Array.from(recording.messages(), ({ dir, raw }) => `${dir} ${latin1(raw).trim()}`);
}

const plainLines = wear('as it is', good).split('\n').length;
const expected = messagesOf(log);
/** Where no line tells what was written, what was queued counts as sent. */
const queued = messagesOf(
  wear(
    'as it is',
    good.filter((lines) => !lines.some((line) => line.includes('QEMU_MONITOR_IO_WRITE'))),
  ),
);

function isWithin(some: readonly string[], all: readonly string[]): boolean {
  const left = [...all];
  return some.every((one) => {
    const at = left.indexOf(one);
    if (at >= 0) left.splice(at, 1);
    return at >= 0;
  });
}

export const target: Target = {
  holds: 'a log that is prefixed, quoted, cut or mixed gives no other messages than the log itself',
  seeds: () => names.map((_, place) => Uint8Array.of(place, 0)),
  maxLength: 64,
  run(input) {
    const source = new Source(input);
    const name = source.pick(names);
    const over = source.pick(['', ...perLine]);
    const way = source.below(4);
    let entries = good;
    let strange = false;
    if (way === 1) entries = good.filter(() => source.done || source.below(8) > 0);
    for (let left = way === 2 ? source.below(4) : 0; left > 0; left--) {
      const at = source.below(entries.length + 1);
      entries = [...entries.slice(0, at), [source.pick(strangers)], ...entries.slice(at)];
      strange = true;
    }
    // What has no time of its own cannot be told by journald's.
    let text = wear(strange && !perLine.includes(name) ? 'as it is' : name, entries);
    if (over !== '') text = wear(over, [text.split('\n')]);
    // A piece of a line that was broken may be cut so that what is put together is another message.
    if (way === 3 && text.split('\n').length <= plainLines) {
      const lines = text.split('\n');
      for (let left = source.below(4); left > 0; left--) {
        const at = source.below(lines.length);
        lines[at] = (lines[at] ?? '').slice(0, source.below(300));
      }
      text = lines.join('\n');
    }
    const found = messagesOf(text);
    if (entries === good && way !== 3 && over === '') assert.deepEqual(found, expected);
    else {
      const other = found.find((one) => !expected.includes(one)) ?? 'told twice';
      assert.ok(isWithin(found, expected) || isWithin(found, queued), other);
    }
    if (strange && over === '') assert.deepEqual(found, expected);
  },
};
