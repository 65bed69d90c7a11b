/**
 * Which values of a JSON text are secrets by their own name or by what stands beside them: `"password": "…"`,
 * `{"qom-type": "secret", "data": "…"}`, `{"name": "password", "value": "…"}`, `["--password", "…"]`.
 */
import { type Extent, scanValues } from '../../json/extents.js';
import type { Step } from '../../json/path.js';
import { secretName } from './secret-names.js';
import { isSecretFlag } from './secret-text.js';

/** Members whose value names what a sibling called `value` is: of `qom-list-get`, of `-global`. */
const naming: ReadonlySet<unknown> = new Set(['name', 'property', 'key']);

/** Why each of the values of one text is a secret. */
export class JsonSecrets {
  /** Whether any member has the name of a secret, and whether any element is a flag like `--password`. */
  #names = false;
  #flags = false;
  /** The paths of secret objects, and those of pairs with what their `value` is. */
  readonly #objects = new Set<string>();
  readonly #pairs = new Map<string, string>();
  /** The array element before, if it is such a flag: its place. */
  #flag: { readonly parent: string; readonly position: number } | undefined;

  /** `properties`: names beside a `value` are those of QOM properties. */
  constructor(json: Uint8Array, properties = false) {
    const visit = (steps: readonly Step[], { text }: Extent): void => {
      const last = steps.at(-1);
      if (text === undefined) return;
      if (typeof last !== 'string') {
        this.#flags ||= text.startsWith('-') && isSecretFlag(text);
        return;
      }
      if (last === 'qom-type' && /^secret(?:_keyring)?$/.test(text)) this.#objects.add(parentOf(steps));
      if (!naming.has(last)) return;
      const row = secretName(text) ?? (properties ? secretName(text, 'secret object') : undefined);
      if (row !== undefined) this.#pairs.set(parentOf(steps), row.what);
    };
    scanValues(json, visit, ({ text }) => {
      this.#names ||= text !== undefined && secretName(text) !== undefined;
    });
  }

  /** What the value is, if it is a secret; asked for all values in their order. */
  what(steps: readonly Step[], text: string | undefined): string | undefined {
    const byFlag = this.#flags ? this.#afterFlag(steps, text) : undefined;
    if (!this.#names && this.#pairs.size === 0 && this.#objects.size === 0) return byFlag;
    for (let depth = steps.length; depth > 0; depth--) {
      const step = steps[depth - 1];
      if (typeof step !== 'string') continue;
      const row = secretName(step);
      if (row !== undefined) return row.what;
      if (this.#pairs.size > 0 && step === 'value') {
        const what = this.#pairs.get(parentOf(steps.slice(0, depth)));
        if (what !== undefined) return what;
      }
      if (this.#objects.size > 0 && secretName(step, 'secret object') !== undefined) {
        for (let outer = depth - 1; outer >= 0; outer--) {
          if (this.#objects.has(keyOf(steps.slice(0, outer)))) return 'a secret object';
        }
      }
    }
    return byFlag;
  }

  #afterFlag(steps: readonly Step[], text: string | undefined): string | undefined {
    const position = steps.at(-1);
    if (typeof position !== 'number') return undefined;
    const flag = this.#flag;
    this.#flag = undefined;
    if (flag !== undefined && flag.position === position - 1 && flag.parent === parentOf(steps)) {
      return 'a password by its name';
    }
    if (text !== undefined && text.length < 100 && isSecretFlag(text)) {
      this.#flag = { parent: parentOf(steps), position };
    }
    return undefined;
  }
}

function parentOf(steps: readonly Step[]): string {
  return keyOf(steps.slice(0, -1));
}

function keyOf(steps: readonly Step[]): string {
  return JSON.stringify(steps);
}
