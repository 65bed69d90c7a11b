import { expect, test } from 'vitest';
import { madeUpTexts, madeUpValues, textsMadeUp } from '../../../src/replay/match/made-up.js';

test('each row says who makes a value up, and why it differs', () => {
  for (const { by, because } of [...madeUpValues, ...madeUpTexts]) {
    expect(['client', 'server']).toContain(by);
    expect(because).not.toBe('');
  }
});

test('texts of each are found where they are', () => {
  const blanked = (by: 'client' | 'server', text: string) => text.replace(textsMadeUp[by], '#');
  expect(blanked('server', 'json:{"file":"#block045"} /dev/fdset/3')).toBe('json:{"file":"#"} #');
  expect(blanked('client', '/lib/domain-7-web/x.Ab3dE9.png #block045')).toBe('/lib#web/x.#.png #block045');
  for (const kept of ['virtio-disk10', '-Server', '.qcow2a', 'a.ABCDEF', 'a.123456', '-domain-7'])
    expect(blanked('client', kept)).toBe(kept);
});
