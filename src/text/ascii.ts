/** Text for a terminal whose character set has no more than ASCII, as with `LC_ALL=C`. */

/** What we draw ourselves beyond ASCII, and what stands for it: one cell for one. */
const substitutes: Readonly<Record<string, string>> = {
  '…': '~',
  '·': '-',
  µ: 'u',
  '▁': '.',
  '▂': '.',
  '▃': '-',
  '▄': '-',
  '▅': '=',
  '▆': '=',
  '▇': '#',
  '█': '#',
};

/** ASCII alone; `other` gives what stands for a UTF-16 unit that is not ours. */
export function asciiText(text: string, other: (unit: string) => string): string {
  return text.replace(/[^\x00-\x7f]/g, (unit) => substitutes[unit] ?? other(unit));
}

/**
 * Whether the environment says that the terminal takes no UTF-8. Where it says nothing, as in many
 * containers, the terminal outside mostly does.
 */
export function isAsciiOnly(env: Readonly<Record<string, string | undefined>>): boolean {
  const locale = [env['LC_ALL'], env['LC_CTYPE'], env['LANG']].find((one) => one !== undefined && one !== '');
  return locale !== undefined && !/utf-?8/i.test(locale);
}
