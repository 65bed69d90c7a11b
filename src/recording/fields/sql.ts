/**
 * Pieces of SQL over the store's table `frame`, by which a condition is asked of a file. What SQL cannot say becomes
 * a looser condition, marked as such, and the matcher has the last word.
 */

/** How a number is compared. */
export type Comparison = '<' | '<=' | '>' | '>=' | '=';

/** A condition in SQL: never NULL. Not `exact`: true for more rows than those meant, never for fewer. */
export interface Where {
  readonly sql: string;
  readonly values: readonly (string | number)[];
  readonly exact: boolean;
}

/** The other tables that a condition needs. Undefined: too many values to list. */
export interface Lookup {
  /** The numbers of the names that match. */
  names(event: boolean, glob: string): readonly number[] | undefined;
  /** The sessions whose label matches. */
  labelled(glob: string): readonly number[] | undefined;
  /** The file's name, without its folder. */
  readonly file: string;
  /** Whether there is a table `mark`: it is made with the first mark. */
  hasMarks(): boolean;
}

/** Constants are spelled so that SQLite does not fold them: it would fold the use of an index away with them. */
export const everything: Where = { sql: 'n > 0', values: [], exact: true };
export const nothing: Where = { sql: 'n < 0', values: [], exact: true };
/** Where SQL can say nothing: the matcher judges each message. */
export const anything: Where = { ...everything, exact: false };

/** All and only the rows for which `sql` holds, which is never NULL. */
export function exactly(sql: string, ...values: readonly (string | number)[]): Where {
  return { sql: `(${sql})`, values, exact: true };
}

/** Those meant are among these rows. */
export function among(sql: string, ...values: readonly (string | number)[]): Where {
  return { sql: `(${sql})`, values, exact: false };
}

/** A column that has one of these numbers; undefined: they are too many. */
export function oneOf(left: string, numbers: readonly number[] | undefined): Where {
  if (numbers === undefined) return anything;
  return numbers.length === 0 ? nothing : exactly(`${left} IN (${numbers.join()})`);
}

/** SQLite's GLOB goes back at every `*`: with more of them a hostile text could take it long. */
const maxStars = 2;
const maxGlob = 1000;

/** A text, of an expression that may be NULL, that fits a glob. */
export function fitting(expression: string, glob: string): Where {
  if (glob.length > maxGlob || glob.split('*').length - 1 > maxStars)
    return among(`${expression} IS NOT NULL`);
  return exactly(`ifnull(${expression} GLOB ?, 0)`, glob.replaceAll('[', '[[]'));
}

/** Only these get into a statement, whatever a program puts into a condition. */
const operators: Readonly<Record<Comparison, string>> = {
  '<': '<',
  '<=': '<=',
  '>': '>',
  '>=': '>=',
  '=': '=',
};

/** A number, of an expression that may be NULL, that compares so with another. */
export function compared(expression: string, is: Comparison, value: number): Where {
  return exactly(`ifnull(${expression} ${operators[is]} ?, 0)`, value);
}
