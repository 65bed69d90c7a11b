/** Breaks a line between words. */

/** The lines of a text in so many columns, those after the first indented; undefined: one line. */
export function wrapped(text: string, columns: number | undefined, indent: number): readonly string[] {
  if (columns === undefined || columns <= 2 * indent || text.length <= columns) return [text];
  const lines: string[] = [];
  let rest = text;
  while (rest.length > columns) {
    const space = rest.lastIndexOf(' ', columns);
    const end = space > indent ? space : columns;
    lines.push(rest.slice(0, end));
    rest = ' '.repeat(indent) + rest.slice(end).trimStart();
  }
  return [...lines, rest];
}
