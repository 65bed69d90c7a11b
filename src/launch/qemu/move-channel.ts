/** QEMU's command line with one of its channels moved to a socket of ours. */
import { parseJson } from '../../json/parse.js';
import { printJson } from '../../json/print.js';
import { isObject, type JsonObject, type JsonValue } from '../../json/value.js';
import { parseOptionList, printOptionList } from '../../text/option-list.js';
import type { Channel } from './channels.js';

/** The arguments with a channel moved to a unix socket, on which QEMU listens. */
export function moveChannel(argv: readonly string[], channel: Channel, path: string): string[] {
  const old = argv[channel.at] ?? '';
  if (channel.form === 'chardev-json') return argv.with(channel.at, movedJson(old, channel.wait, path));
  const wait = { name: 'wait', value: channel.wait ? 'on' : 'off' };
  const server = { name: 'server', value: 'on' };
  const moved =
    channel.form === 'device'
      ? `unix:${printOptionList([{ name: undefined, value: path }, server, wait])}`
      : printOptionList([
          { name: undefined, value: 'socket' },
          ...parseOptionList(old).filter(({ name }) => name !== undefined && keptOptions.has(name)),
          { name: 'path', value: path },
          server,
          wait,
        ]);
  return argv.with(channel.at, moved);
}

function movedJson(text: string, wait: boolean, path: string): string {
  const whole = parseJson(text);
  if (!isObject(whole)) return text;
  const backend = whole.get('backend');
  if (!isObject(backend)) return text;
  const data = backend.get('data');
  const kept = isObject(data) ? [...data].filter(([name]) => keptOptions.has(name)) : [];
  const address: JsonObject = new Map([
    ['type', 'unix'],
    ['data', new Map([['path', path]])],
  ] as [string, JsonValue][]);
  const members: [string, JsonValue][] = [...kept, ['addr', address], ['server', true], ['wait', wait]];
  const moved: [string, JsonValue][] = [
    ['type', 'socket'],
    ['data', new Map(members)],
  ];
  return printJson(new Map([...whole, ['backend', new Map(moved)]]));
}

/** Options of a `-chardev` that do not say where it is. */
const keptOptions = new Set(['id', 'logfile', 'logappend']);
