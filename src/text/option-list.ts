/**
 * The comma-separated lists in which QEMU takes most of its options: `socket,id=m,path=/a,,b,server`.
 * Only their syntax (`opts_parse`, `get_opt_value`).
 */

/** One item of a list. */
export interface ListItem {
  /** Undefined where there is no `=`: a flag, or the first item's value under a name that QEMU supplies. */
  readonly name: string | undefined;
  readonly value: string;
}

/** Takes a list apart; a doubled comma stands for one. */
export function parseOptionList(text: string): readonly ListItem[] {
  const parts: string[] = [];
  let part = '';
  for (let at = 0; at < text.length; at++) {
    if (text[at] !== ',') {
      part += text[at] ?? '';
    } else if (text[at + 1] === ',') {
      part += ',';
      at++;
    } else {
      parts.push(part);
      part = '';
    }
  }
  parts.push(part);
  return parts.map((item) => {
    const equals = item.indexOf('=');
    return equals < 0
      ? { name: undefined, value: item }
      : { name: item.slice(0, equals), value: item.slice(equals + 1) };
  });
}

/** The text that `parseOptionList` takes apart into the same items. */
export function printOptionList(items: readonly ListItem[]): string {
  return items
    .map(({ name, value }) => (name === undefined ? '' : `${name}=`) + value.replaceAll(',', ',,'))
    .join(',');
}

/** The value of a name; of several the last, which is the one that QEMU takes. */
export function valueOf(items: readonly ListItem[], name: string): string | undefined {
  return items.findLast((item) => item.name === name)?.value;
}

/** A switch: `server`, `server=on` or `server=yes` against `noserver` or `server=off`; undefined if it is not there. */
export function switchOf(items: readonly ListItem[], name: string): boolean | undefined {
  const item = items.findLast((one) =>
    one.name === undefined ? one.value === name || one.value === `no${name}` : one.name === name,
  );
  if (item === undefined) return undefined;
  return item.name === undefined ? item.value === name : /^(on|yes|true|y)$/.test(item.value);
}
