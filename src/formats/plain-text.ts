/** Text for files that people read: nothing in it moves a terminal's cursor or breaks a line. */

/** `\u001b` for a character. */
function escapeCharacter(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

/** What moves a cursor, separates lines, hides or turns the direction of text; not the tabulator. */
const unsafe = /[\0-\x08\n-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g;

/** A line of JSON, safe on a terminal: in its strings an escape means the same. */
export function safeLine(text: string): string {
  return text.replace(unsafe, escapeCharacter);
}

/** One line: control characters, line separators and marks that turn the direction of text escaped. */
export function oneLine(text: string): string {
  return safeLine(text).replaceAll('\t', escapeCharacter);
}

/** `1 event`, `2 events`. */
export function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}
