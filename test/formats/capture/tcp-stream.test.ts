import { expect, test } from 'vitest';
import { TcpStream } from '../../../src/formats/capture/tcp-stream.js';

function stream(): { tcp: TcpStream; told: string[] } {
  const told: string[] = [];
  const tcp = new TcpStream({
    data: (text) => told.push(text),
    missing: (bytes, packet) => told.push(`-${bytes} before ${packet}`),
  });
  return { tcp, told };
}

test('in order, sent again, sent again with more', () => {
  const { tcp, told } = stream();
  tcp.begin(99);
  tcp.take(100, 'abc', 0, 1);
  tcp.take(100, 'abc', 0, 2);
  tcp.take(101, 'bcde', 0, 3);
  tcp.take(104, 'e', 0, 4); // as a keep-alive has it
  expect(told).toEqual(['abc', 'de']);
});

test('what comes early waits, over the end of the numbers', () => {
  const { tcp, told } = stream();
  tcp.begin(0xffff_fffd);
  tcp.take(2, 'ef', 0, 1);
  tcp.take(0, 'cd', 0, 2);
  expect(told).toEqual([]);
  tcp.take(0xffff_fffe, 'ab', 0, 3);
  expect(told).toEqual(['ab', 'cd', 'ef']);
});

test('what the other side has acknowledged will not come any more', () => {
  const { tcp, told } = stream();
  tcp.begin(99);
  tcp.take(110, 'late', 0, 7);
  tcp.acknowledged(105);
  expect(told).toEqual([]);
  tcp.acknowledged(114);
  expect(told).toEqual(['-10 before 7', 'late']);
});

test('what is missing before the FIN', () => {
  const { tcp, told } = stream();
  tcp.begin(99);
  tcp.take(100, 'ab', 0, 1);
  tcp.finish(105, 4);
  tcp.end();
  expect(told).toEqual(['ab', '-3 before 4']);
});

test('no more than so much waits', () => {
  const { tcp, told } = stream();
  tcp.begin(99);
  for (let at = 0; at < 513; at++) tcp.take(200 + 2 * at, 'x', 0, at);
  expect(told.slice(0, 2)).toEqual(['-100 before 0', 'x']);
  tcp.end();
  expect(told.filter((text) => text === 'x')).toHaveLength(513);
});

test('a segment from far away is of another connection', () => {
  const { tcp, told } = stream();
  tcp.begin(99);
  tcp.take(100, 'a', 0, 1);
  tcp.take(0x7000_0000, 'b', 0, 2);
  tcp.take(101, 'c', 0, 3);
  expect(told).toEqual(['a', 'c']);
});
