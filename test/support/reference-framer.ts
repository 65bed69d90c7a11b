/**
 * A second framer, as plain as it can be: one byte at a time, a table of states, a list of tokens.
 * Slow, without our bound on a frame's length; the framer of `src/json` must give the same frames.
 */
import type { FramerProfile } from '../../src/json/framing/profile.js';
import type { CollectedFrame } from './frames.js';
import { referenceParser } from './reference-parser.js';

/** What follows a state on which bytes, besides `start` and `recovery`; `end`: the token's last byte was before. */
const table: Record<string, readonly (readonly [RegExp, string])[]> = {
  double: [[/"/, 'done'], [/\\/, 'doubleEscape'], [/[\x20-\xfd]/, 'double']], // prettier-ignore
  doubleEscape: [[/[\x20-\xfd]/, 'double']],
  single: [[/'/, 'done'], [/\\/, 'singleEscape'], [/[\x20-\xfd]/, 'single']], // prettier-ignore
  singleEscape: [[/[\x20-\xfd]/, 'single']],
  minus: [[/0/, 'zero'], [/[1-9]/, 'integer']], // prettier-ignore
  signedWord: [[/0/, 'zero'], [/[1-9]/, 'integer'], [/[a-z]/, 'word']], // prettier-ignore
  zero: [[/\./, 'point'], [/[0-9]/, 'error'], [/[^]/, 'end']], // prettier-ignore
  integer: [[/[0-9]/, 'integer'], [/\./, 'point'], [/[eE]/, 'exponent'], [/[^]/, 'end']], // prettier-ignore
  point: [[/[0-9]/, 'fraction']],
  fraction: [[/[0-9]/, 'fraction'], [/[eE]/, 'exponent'], [/[^]/, 'end']], // prettier-ignore
  exponent: [[/[0-9]/, 'digits'], [/[-+]/, 'sign']], // prettier-ignore
  sign: [[/[0-9]/, 'digits']],
  digits: [[/[0-9]/, 'digits'], [/[^]/, 'end']], // prettier-ignore
  word: [[/[a-z]/, 'word'], [/[^]/, 'end']], // prettier-ignore
};

export function referenceFrames(profile: FramerProfile, input: string): CollectedFrame[] {
  const frames: CollectedFrame[] = [];
  const { tokenBytes, tokens: maxTokens, nesting } = profile.limits;
  let state = 'start';
  let token = '';
  let tokens: string[] = [];
  let size = 0;
  let pending = '';
  /** White space goes on with the last frame; by the eager rules, a token of the message was refused. */
  const line = { trailing: false, refused: false };

  /** By the eager rules: who judges the message's tokens, and which bytes count twice. */
  let parse = referenceParser();
  let start = 0;
  let afterCut = false;
  const twice = new Set<number>();
  const place = (): string => {
    const before = input.slice(0, start);
    const column = start - before.lastIndexOf('\n') + (twice.has(start) ? 1 : 0);
    return `${before.split('\n').length}:${column}: `;
  };

  const emit = (problem: string | undefined) => {
    frames.push({ text: pending, length: pending.length, problem });
    pending = '';
    line.trailing = true;
  };
  const begin = () => {
    [tokens, size] = [[], 0];
    parse = referenceParser();
    line.refused = false;
  };
  const trail = (byte: string) => {
    const last = frames.pop();
    if (last !== undefined) frames.push({ ...last, text: last.text + byte });
  };
  const complete = () => {
    const text = token;
    [token, state] = ['', 'start'];
    tokens.push(text);
    size += text.length;
    const count = (bracket: string) => tokens.filter((each) => each === bracket).length;
    const [braces, brackets] = [count('{') - count('}'), count('[') - count(']')];
    const ends = !((braces > 0 || brackets > 0) && braces >= 0 && brackets >= 0);
    let problem: string | undefined;
    if (size + 1 > tokenBytes) problem = 'JSON token size limit exceeded';
    else if (tokens.length > maxTokens) problem = 'JSON token count limit exceeded';
    else if (braces + brackets > nesting) problem = 'JSON nesting depth limit exceeded';
    if (profile.eager) {
      if (!line.refused) {
        const wrong = problem === undefined ? parse(text) : undefined;
        if (wrong !== undefined) problem = `${place()}JSON parse error, ${wrong}`;
        if (problem !== undefined || ends) emit(problem);
        line.refused = problem !== undefined;
      }
      if (ends) {
        line.trailing = true;
        begin();
      }
    } else if (problem !== undefined || ends) {
      emit(problem);
      begin();
    }
  };
  const first = (byte: string): string => {
    if (/[{}[\]:,]/.test(byte)) return 'done';
    if (byte === '"') return 'double';
    if (byte === "'") return 'single';
    if (byte === '-') return profile.nonFinite ? 'signedWord' : 'minus';
    if (byte === '0') return 'zero';
    if (/[1-9]/.test(byte)) return 'integer';
    return /[a-z]/.test(byte) ? 'word' : 'error';
  };

  for (const [at, byte] of Array.from(input).entries()) {
    if (state === 'recovery') {
      if (!/[{}[\]:,\x00-\x08\x0a-\x1f\xfe\xff]/.test(byte)) {
        trail(byte);
        continue;
      }
      state = 'start';
      twice.add(at);
    }
    let next = state === 'start' ? '' : (table[state]?.find(([bytes]) => bytes.test(byte))?.[1] ?? 'error');
    if (next === 'end') {
      complete();
      twice.add(at);
      next = '';
    }
    if (next === '') {
      if (/[ \t\r\n]/.test(byte)) {
        if (line.trailing || line.refused) trail(byte);
        else pending += byte;
        if (byte === '\n') line.trailing = false;
        afterCut = false;
        continue;
      }
      next = first(byte);
    }
    line.trailing = false;
    if (token === '' && !afterCut) start = at;
    afterCut = false;
    if (line.refused) trail(byte);
    else pending += byte;
    token += byte;
    if (next === 'done') complete();
    else if (next === 'error') {
      if (!line.refused)
        emit(`${profile.eager ? place() : ''}JSON parse error, stray '${token.replace(/\0[^]*/, '')}'`);
      line.trailing = true;
      begin();
      [token, state] = ['', 'recovery'];
    } else {
      state = next;
      if (token.length > tokenBytes) {
        complete();
        afterCut = true;
      }
    }
  }
  const begun = token !== '' || (tokens.length > 0 && !line.refused) || frames.length === 0;
  if (pending !== '' && begun) emit('unfinished at the end of the stream');
  else for (const byte of Array.from(pending)) trail(byte);
  return frames;
}
