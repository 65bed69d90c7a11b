/** The user's own rules for redaction: `path:…`, `key:…`, or `/pattern/`. */
import { UsageError } from '../errors.js';
import { matchPath, parsePath, type Step } from '../json/path.js';
import { compileGlob } from '../text/glob.js';
import { compileRegex } from '../text/regex.js';

/** The user's rules, compiled. */
export interface UserRules {
  /** Whether there are any. */
  readonly any: boolean;
  /** The text of the first rule that matches a value; patterns only match strings. */
  find(steps: readonly Step[], text: string | undefined): string | undefined;
}

export const noUserRules: UserRules = { any: false, find: () => undefined };

/**
 * Reads rules: `path:arguments.opaque`, `key:*-token`, `/regular expression/` (with `i` behind it, in
 * any case). A path or a key removes all below it, a pattern the whole string in which it is found.
 * @throws UsageError for one that cannot be read
 */
export function parseUserRules(texts: readonly string[]): UserRules {
  const rules = texts.map((text) => ({ text, matches: parseRule(text) }));
  return {
    any: rules.length > 0,
    find: (steps, value) => rules.find(({ matches }) => matches(steps, value))?.text,
  };
}

type Rule = (steps: readonly Step[], text: string | undefined) => boolean;

function parseRule(text: string): Rule {
  if (text.startsWith('path:')) {
    const path = [...parsePath(text.slice('path:'.length)), { kind: 'deep' } as const];
    return (steps) => matchPath(path, steps);
  }
  if (text.startsWith('key:') && text.length > 'key:'.length) {
    const fits = compileGlob(text.slice('key:'.length));
    return (steps) => steps.some((step) => typeof step === 'string' && fits(step));
  }
  const pattern = /^\/(.+)\/(i?)$/s.exec(text);
  if (pattern !== null) {
    const matches = compileRegex(pattern[1] ?? '', pattern[2] === 'i');
    return (_, value) => value !== undefined && matches(value);
  }
  const remedy = 'write path:arguments.opaque, key:token or /pattern/';
  throw new UsageError(
    { subject: `rule ${JSON.stringify(text)}`, reason: 'cannot be read', remedy },
    { text },
  );
}
