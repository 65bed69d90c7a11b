import { describe, expect, test } from 'vitest';
import { Framer, tooLong, unfinished } from '../../../src/json/framing/framer.js';
import {
  classicInput,
  type FramerLimits,
  type FramerProfile,
  serverOutput,
} from '../../../src/json/framing/profile.js';
import { FrameCollector, framesOf, fromLatin1, latin1 } from '../../support/frames.js';

/** What came out, in order, after each piece of input: frames in brackets, trailers in parentheses. */
function trace(pieces: readonly string[], profile: FramerProfile = classicInput): string[] {
  const said: string[] = [];
  let line = '';
  const sink = {
    frame: (bytes: Uint8Array, problem: string | undefined) => {
      line += `[${latin1(bytes)}]${problem === undefined ? '' : '!'}`;
    },
    trailer: (bytes: Uint8Array) => {
      line += `(${latin1(bytes)})`;
    },
  };
  const framer = new Framer(profile);
  const note = () => {
    said.push(line);
    line = '';
  };
  for (const piece of pieces) {
    framer.push(fromLatin1(piece), sink);
    note();
  }
  framer.end(sink);
  note();
  return said;
}

function limited(limits: Partial<FramerLimits>): FramerProfile {
  return { ...classicInput, limits: { ...classicInput.limits, ...limits } };
}

function problems(profile: FramerProfile, text: string): (string | undefined)[] {
  return framesOf(profile, fromLatin1(text)).map(({ problem }) => problem);
}

describe('when a frame comes out', () => {
  test('at the byte that completes it, its line afterwards', () => {
    expect(trace(['{"a":', '1', '}', ' ', '\r', '\n', ' ', '{}'])).toEqual(
      ['', '', '[{"a":1}]', '( )', '(\r)', '(\n)', '', '[ {}]', ''], // prettier-ignore
    );
  });

  test('a top-level number or word when the next byte shows its end', () => {
    expect(trace(['12', '3', '\n', 'tr', 'ue', '{', '}'])).toEqual([
      '',
      '',
      '[123](\n)',
      '',
      '',
      '[true]',
      '[{}]',
      '',
    ]);
  });

  test('an error at once, what is discarded after it as its trailer', () => {
    expect(trace(['{"a', '\n', 'b"', ' c', '}'])).toEqual(['', '[{"a\n]!', '(b")', '( c)', '[}]', '']);
  });

  test('what stands on the same line after a frame is no part of it', () => {
    expect(trace(['{} {} ,\n'])).toEqual(['[{}]( )[{}]( )[,](\n)', '']);
  });

  test('a cut-off frame at the end, white space with the last frame', () => {
    expect(trace(['{}\n\n', '\t'])).toEqual(['[{}](\n)', '', '(\n\t)']);
    expect(trace(['{}\n', ' {'])).toEqual(['[{}](\n)', '', '[ {]!']);
    expect(trace([' \n'])).toEqual(['', '[ \n]!']);
    expect(trace([''])).toEqual(['', '']);
    expect(framesOf(classicInput, fromLatin1('null'))).toEqual([
      { text: 'null', length: 4, problem: unfinished },
    ]);
  });

  test('pretty-printed, a line to a chunk', () => {
    const lines = ['{\r\n', '    "return": {\r\n', '    }\r\n', '}\r\n', '{\r\n', '}\r\n'];
    const frames = framesOf(serverOutput, ...lines.map(fromLatin1));
    expect(frames.map(({ text }) => text)).toEqual([lines.slice(0, 4).join(''), lines.slice(4).join('')]);
  });
});

test('a frame in a million chunks', () => {
  const text = `{"a":"${'x'.repeat(1_000_000)}"}`;
  const byte = new Uint8Array(1);
  const collector = new FrameCollector();
  const framer = new Framer(classicInput);
  for (let i = 0; i < text.length; i++) {
    byte[0] = text.charCodeAt(i);
    framer.push(byte, collector);
  }
  expect(collector.frames).toEqual([{ text, length: text.length, problem: undefined }]);
});

describe("QEMU's limits", () => {
  const size = 'JSON token size limit exceeded';
  const count = 'JSON token count limit exceeded';
  const nesting = 'JSON nesting depth limit exceeded';
  const value = undefined;

  test('bytes of all tokens: one less than the limit passes, white space is not counted', () => {
    expect(problems(limited({ tokenBytes: 8 }), '[1, 2  ,3]')).toEqual([undefined]);
    expect(problems(limited({ tokenBytes: 7 }), '[1,2,3]')).toEqual([size]);
    expect(problems(limited({ tokenBytes: 6 }), '[1,2,3]')).toEqual([size, value]);
  });

  test('bytes of one token: cut where it crosses the limit, even when it ends there', () => {
    expect(problems(limited({ tokenBytes: 6 }), '"123" ')).toEqual([undefined]);
    expect(problems(limited({ tokenBytes: 6 }), '"1234"')).toEqual([size]);
    expect(problems(limited({ tokenBytes: 6 }), '"12345"')).toEqual([size]);
    const frames = framesOf(limited({ tokenBytes: 6 }), fromLatin1('"123456,'));
    expect(frames.map(({ text, problem }) => [text, problem])).toEqual([
      ['"123456', size],
      [',', undefined],
    ]);
  });

  test('an error is an error at any length', () => {
    expect(problems(limited({ tokenBytes: 3 }), '"12\n')).toEqual(["JSON parse error, stray '\"12\n'"]);
  });

  test('tokens', () => {
    expect(problems(limited({ tokens: 5 }), '[1,2]')).toEqual([undefined]);
    expect(problems(limited({ tokens: 4 }), '[1,2]')).toEqual([count]);
    // The number is shown to be complete by the bracket, which then begins afresh.
    expect(problems(limited({ tokens: 3 }), '[1,2]')).toEqual([count, value]);
  });

  test('nesting, braces and brackets together', () => {
    expect(problems(limited({ nesting: 3 }), '[{"a":[]}]')).toEqual([undefined]);
    expect(problems(limited({ nesting: 2 }), '[{"a":[]}]')).toEqual([nesting, value, value, value]);
  });

  test('the size is told before the count, and that before the nesting', () => {
    expect(problems(limited({ tokenBytes: 2, tokens: 1, nesting: 1 }), '[[')).toEqual([size]);
    expect(problems(limited({ tokens: 1, nesting: 1 }), '[[')).toEqual([count]);
  });
});

describe('the limits as they are', () => {
  const mebibyte = fromLatin1('x'.repeat(2 ** 20));

  test('64 MiB in a token', () => {
    const collector = new FrameCollector();
    const framer = new Framer(classicInput);
    framer.push(fromLatin1('"'), collector);
    for (let i = 0; i < 63; i++) framer.push(mebibyte, collector);
    framer.push(mebibyte.subarray(1), collector);
    expect(framer.save().lexer.length).toBe(64 * 2 ** 20);
    expect(collector.frames).toEqual([]);
    framer.push(fromLatin1('yz,'), collector);
    expect(collector.frames.map(({ length, problem }) => [length, problem])).toEqual([
      [64 * 2 ** 20 + 1, 'JSON token size limit exceeded'],
      [1, undefined],
      [1, undefined],
    ]);
  });

  test('2 Mi tokens', () => {
    const full = `[${'1,'.repeat(2 ** 20 - 1)}]`;
    expect(problems(classicInput, full)).toEqual([undefined]);
    expect(problems(classicInput, full.replace(']', '1]'))).toEqual(['JSON token count limit exceeded']);
  });

  test('output is bounded by the length of a frame alone', () => {
    expect(problems(serverOutput, `[${'1,'.repeat(2 ** 20)}1]`)).toEqual([undefined]);
    expect(problems(serverOutput, '['.repeat(2000) + ']'.repeat(2000))).toEqual([undefined]);
  });

  test('128 MiB in a frame, white space included', () => {
    const blank = fromLatin1(' '.repeat(2 ** 20));
    const lengths: [number, string | undefined][] = [];
    let trailers = 0;
    const sink = {
      frame: (bytes: Uint8Array, problem: string | undefined) => void lengths.push([bytes.length, problem]),
      trailer: (bytes: Uint8Array) => void (trailers += bytes.length),
    };
    const framer = new Framer(serverOutput);
    for (let i = 0; i < 130; i++) framer.push(blank, sink);
    expect(lengths).toEqual([[128 * 2 ** 20, tooLong]]);
    expect(trailers).toBe(2 * 2 ** 20);
    expect(framer.save().pending.length).toBe(0);
  });
});

describe('our own limit', () => {
  const tiny = limited({ frameBytes: 6 });

  test('a message that goes on is one frame, and the next message is cut right', () => {
    expect(trace(['{"a":12345}\n{}'], tiny)).toEqual(['[{"a":1]!(2345})(\n)[{}]', '']);
    expect(trace(['{"a":', '[1', ']}', '{}'], tiny)).toEqual(['', '[{"a":[]!(1)', '(]})', '[{}]', '']);
  });

  test('an error in what goes on belongs to the same frame', () => {
    expect(trace(['{"a":12@zz\n{}'], tiny)).toEqual(['[{"a":1]!(2@)(zz\n)[{}]', '']);
  });

  test('a frame of just that length is whole', () => {
    expect(trace(['{"a":}'], tiny)).toEqual(['[{"a":}]', '']);
  });

  test('trailers are bounded as well: a byte begins a new frame', () => {
    expect(trace(['@12345678901234'], tiny)).toEqual(['[@]!(123456)[7]!(890123)[4]!', '']);
  });

  test('white space before a frame', () => {
    expect(trace(['{}\n', ' '.repeat(8), '\n{}'], tiny)).toEqual([
      '[{}](\n)',
      '[      ]!(  )',
      '(\n)[{}]',
      '',
    ]);
  });
});

test('what QEMU prints beyond JSON is whole in its output, and an error in its input', () => {
  const text = '{"id": -inf}\r\n{"id": -nan}\r\n{"id": inf}\r\n';
  expect(problems(serverOutput, text)).toEqual([undefined, undefined, undefined]);
  expect(problems(classicInput, '{"id": -inf}')).toEqual(["JSON parse error, stray '-i'", undefined]);
});

test('a quotation of hostile bytes is bounded', () => {
  const [problem] = problems(classicInput, `"${'x'.repeat(100_000)}\n`);
  expect(problem).toMatch(/^JSON parse error, stray '"xxx/);
  expect(problem?.length).toBeLessThan(1100);
});
