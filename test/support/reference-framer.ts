/**
 * A second framer, as plain as it can be: one byte at a time, a table of states, a list of tokens.
 * Slow, without our bound on a frame's length; the framer of `src/json` must give the same frames.
 */
import type { FramerProfile } from '../../src/json/framer-profile.js';
import type { CollectedFrame } from './frames.js';

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
  const line = { trailing: false };

  const emit = (problem: string | undefined) => {
    frames.push({ text: pending, length: pending.length, problem });
    [pending, tokens, size] = ['', [], 0];
    line.trailing = true;
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
    if (size + 1 > tokenBytes) emit('JSON token size limit exceeded');
    else if (tokens.length > maxTokens) emit('JSON token count limit exceeded');
    else if (braces + brackets > nesting) emit('JSON nesting depth limit exceeded');
    else if (!((braces > 0 || brackets > 0) && braces >= 0 && brackets >= 0)) emit(undefined);
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

  for (const byte of Array.from(input)) {
    if (state === 'recovery') {
      if (!/[{}[\]:,\x00-\x08\x0a-\x1f\xfe\xff]/.test(byte)) {
        trail(byte);
        continue;
      }
      state = 'start';
    }
    let next = state === 'start' ? '' : (table[state]?.find(([bytes]) => bytes.test(byte))?.[1] ?? 'error');
    if (next === 'end') {
      complete();
      next = '';
    }
    if (next === '') {
      if (/[ \t\r\n]/.test(byte)) {
        if (line.trailing) trail(byte);
        else pending += byte;
        if (byte === '\n') line.trailing = false;
        continue;
      }
      next = first(byte);
    }
    line.trailing = false;
    pending += byte;
    token += byte;
    if (next === 'done') complete();
    else if (next === 'error') {
      emit(`JSON parse error, stray '${token.replace(/\0[^]*/, '')}'`);
      [token, state] = ['', 'recovery'];
    } else {
      state = next;
      if (token.length > tokenBytes) complete();
    }
  }
  const begun = token !== '' || tokens.length > 0 || frames.length === 0;
  if (pending !== '' && begun) emit('unfinished at the end of the stream');
  else for (const byte of Array.from(pending)) trail(byte);
  return frames;
}
