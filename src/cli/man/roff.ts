/** Text as roff, the language of man pages. */

const escapes: Readonly<Record<string, string>> = {
  '\\': '\\e',
  '-': '\\-',
  "'": '\\(aq',
  '"': '\\(dq',
  '^': '\\(ha',
  '~': '\\(ti',
  '`': '\\(ga',
};

/** Text that is printed as it is, wherever in a line it stands. */
export function literal(text: string): string {
  const escaped = text.replaceAll(/[\\\-'"^~`]|[^\x20-\x7e]/gu, (character) => {
    return (
      escapes[character] ??
      `\\[u${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}]`
    );
  });
  // A point at the beginning of a line would be a request.
  return escaped.startsWith('.') ? `\\&${escaped}` : escaped;
}

/** Text in which `code` between backticks is bold. */
export function prose(text: string): string {
  return text
    .split(/`([^`]+)`/)
    .map((part, index) => (index % 2 === 1 ? bold(part) : literal(part)))
    .join('');
}

export function bold(text: string): string {
  return `\\fB${literal(text)}\\fR`;
}

export function italic(text: string): string {
  return `\\fI${literal(text)}\\fR`;
}
