/** How fast bytes are cut into messages, beside what merely parsing them would cost. */
import { Framer } from '../../dist/json/framing/framer.js';
import { classicInput } from '../../dist/json/framing/profile.js';
import type { Measurement, Race } from './race.js';

/** Messages to cut, and what they are cut out of. */
interface Input {
  /** One of each message. */
  readonly text: readonly string[];
  readonly bytes: Uint8Array;
  readonly messages: number;
}

const encoder = new TextEncoder();

/** About 8 MB of each. */
const inputs = new Map([
  ['events', line(events(), 8e6)],
  ['answers of 200 kB', line([answer(200_000)], 8e6)],
  ['indented answers', line([JSON.stringify(JSON.parse(answer(20_000)), undefined, 4)], 8e6)],
]);

function events(): string[] {
  const event = (n: number): string =>
    `{"timestamp": {"seconds": 1795000000, "microseconds": ${n}}, "event": "BLOCK_JOB_READY", "data": {"device": "drive-virtio-disk0", "len": 10737418240, "offset": ${n * 512}, "speed": 0, "type": "mirror"}}`;
  return Array.from({ length: 100 }, (_, n) => event(n + 100_000));
}

function answer(bytes: number): string {
  const members = Array.from({ length: bytes / 70 }, (_, n) => ({
    name: `member-${n}`,
    type: `${n * 7}`,
    features: ['deprecated'],
  }));
  return JSON.stringify({ return: members, id: 'libvirt-1' });
}

/** Texts one after the other, as often as it takes. */
function line(texts: readonly string[], bytes: number): Input {
  const once = texts.map((text) => text.replaceAll('\n', '\r\n') + '\r\n').join('');
  return {
    text: texts,
    bytes: encoder.encode(once.repeat(Math.ceil(bytes / once.length))),
    messages: texts.length * Math.ceil(bytes / once.length),
  };
}

function frames({ bytes, messages }: Input, size: number): Measurement {
  let found = 0;
  const framer = new Framer(classicInput);
  const sink = {
    frame: (_bytes: Uint8Array, problem: string | undefined): void => {
      found += problem === undefined ? 1 : NaN;
    },
    trailer: () => undefined,
  };
  const since = performance.now();
  for (let at = 0; at < bytes.length; at += size) framer.push(bytes.subarray(at, at + size), sink);
  const seconds = (performance.now() - since) / 1000;
  if (found !== messages) throw new Error(`${found} messages were found of ${messages}`);
  return { speed: bytes.length / 1e6 / seconds };
}

function parses({ text, bytes, messages }: Input): Measurement {
  const raw = text.map((each) => Buffer.from(each));
  const since = performance.now();
  for (let n = 0; n < messages; n++) JSON.parse(String(raw[n % raw.length]));
  return { speed: bytes.length / 1e6 / ((performance.now() - since) / 1000) };
}

export const framing: readonly Race[] = [...inputs].map(([name, input]) => ({
  name: `framing: ${name}`,
  about: 'bytes cut into messages',
  rounds: 3,
  base: 'JSON.parse',
  metrics: [
    { name: 'speed', unit: 'MB/s', field: 'speed', against: 'ratio' },
    { name: 'speed', unit: 'MB/s', field: 'speed' },
  ],
  contenders: new Map([
    ['JSON.parse', () => parses(input)],
    ['framer, pieces of 64 KiB', () => frames(input, 64 << 10)],
    ['framer, pieces of 100 bytes', () => frames(input, 100)],
  ]),
}));
