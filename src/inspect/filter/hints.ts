/** Why a filter that is right finds nothing, as far as its own words tell: for who mistyped a name, or a shell's sign. */
import type { Condition } from '../../recording/condition.js';
import { numberFields } from '../../recording/fields/fields.js';
import { didYouMean } from '../../text/closest.js';
import { compileGlob } from '../../text/glob.js';
import type { FilterNames } from './complete.js';

/** One line each; none where nothing is conspicuous. */
export function filterHints(condition: Condition, names: FilterNames): readonly string[] {
  switch (condition.op) {
    case 'and':
    case 'or':
      return condition.of.flatMap((part) => filterHints(part, names));
    case 'glob': {
      const known =
        condition.field === 'cmd' ? names.commands : condition.field === 'event' ? names.events : [];
      return known === undefined || condition.field === 'note' ? [] : unknownName(condition, known);
    }
    case 'text':
      return Object.hasOwn(numberFields, condition.text) ? [standsAlone(condition.text)] : [];
    case 'all':
    case 'compare':
    case 'flag':
    case 'not':
    case 'regex':
      return [];
  }
}

function unknownName(
  { field, glob }: { readonly field: string; readonly glob: string },
  known: Iterable<string>,
): readonly string[] {
  const all = [...known];
  if (all.length === 0 || all.some(compileGlob(glob))) return [];
  const what = field === 'cmd' ? 'command' : 'event';
  return [`no ${what} here is called ${glob}${didYouMean(glob, all)}`];
}

function standsAlone(word: string): string {
  const { example } = numberFields[word as keyof typeof numberFields];
  return `'${word}' alone is looked for as text; a shell takes > for a file, so quote: '${example}'`;
}
