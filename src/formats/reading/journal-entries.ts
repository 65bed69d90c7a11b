/**
 * journald's entries that take several lines: `-o verbose` and `-o export` (systemd's "Journal Export Formats").
 * Their fields are gathered until an entry ends.
 */

export type Fields = Readonly<Record<string, string>>;

/** An entry has its header, or the first fields that journald writes. */
const verboseHeader = /^[A-Z][a-z]{2} (\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d+)? ?\S*) \[s=[0-9a-f]+;/;
const exportHeader = /^__(?:CURSOR|REALTIME_TIMESTAMP)=/;

const verboseField = /^ {4}([A-Z_][A-Z0-9_]*)=(.*)$/;
const exportField = /^([A-Z_][A-Z0-9_]*)=(.*)$/;

/** An entry of more than this is not one of a daemon's log. */
const maximumEntry = 160 << 20;

/** Takes the lines of entries; lines of other kinds are not its business. */
export class JournalEntries {
  readonly #give: (fields: Fields, number: number) => void;
  #form: 'none' | 'verbose' | 'export' = 'none';
  #fields: Record<string, string> = {};
  #number = 0;
  #size = 0;
  /** The field that may go on in the next line. */
  #last = '';
  /** A field as bytes: its name, what came of its length and its data. */
  #binary: { readonly name: string; text: string } | undefined;

  constructor(give: (fields: Fields, number: number) => void) {
    this.#give = give;
  }

  /** Whether the line belongs to an entry. */
  take(line: string, number: number): boolean {
    if (this.#binary !== undefined) return this.#takeBinary(line);
    const header = this.#form === 'export' ? null : verboseHeader.exec(line);
    if (header !== null) {
      this.#begin('verbose', number);
      this.#fields['time'] = header[1] ?? '';
      return true;
    }
    if (this.#form !== 'export' && exportHeader.test(line)) this.#begin('export', number);
    if (this.#form === 'verbose') return this.#takeVerbose(line);
    return this.#form === 'export' && this.#takeExport(line);
  }

  end(): void {
    const fields = this.#fields;
    if (this.#form !== 'none' && Object.keys(fields).length > 1) this.#give(fields, this.#number);
    this.#form = 'none';
    this.#fields = {};
    this.#size = 0;
  }

  #begin(form: 'verbose' | 'export', number: number): void {
    this.end();
    this.#form = form;
    this.#number = number;
    this.#last = '';
  }

  #takeVerbose(line: string): boolean {
    const [, name, value = ''] = verboseField.exec(line) ?? [];
    if (name !== undefined) this.#set(name, value);
    else if (/^ {5,}/.test(line) && this.#last !== '') this.#extend(`\n${line.trimStart()}`);
    else {
      this.end();
      return false;
    }
    return true;
  }

  #takeExport(line: string): boolean {
    const [, name, value = ''] = exportField.exec(line) ?? [];
    if (name !== undefined) this.#set(name, value);
    else if (/^[A-Z_][A-Z0-9_]*$/.test(line)) this.#binary = { name: line, text: '' };
    else {
      this.end();
      return line === '';
    }
    return true;
  }

  /** Eight bytes of length, little-endian, then that many bytes, which may hold line feeds. */
  #takeBinary(line: string): boolean {
    const binary = this.#binary;
    if (binary === undefined) return false;
    binary.text += `${line}\n`;
    if (binary.text.length < 9) return true;
    let length = 0;
    for (let at = 7; at >= 0; at--) length = length * 256 + binary.text.charCodeAt(at);
    if (binary.text.length < 8 + length + 1 && length <= maximumEntry) return true;
    this.#set(binary.name, binary.text.slice(8, 8 + length));
    this.#binary = undefined;
    return true;
  }

  #set(name: string, value: string): void {
    this.#last = name;
    this.#fields[name] = '';
    this.#extend(value);
  }

  #extend(text: string): void {
    this.#size += text.length;
    if (this.#size <= maximumEntry) {
      this.#fields[this.#last] = (this.#fields[this.#last] ?? '') + text;
    }
  }
}
