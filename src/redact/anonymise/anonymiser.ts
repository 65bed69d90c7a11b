/**
 * Replaces what identifies the owner of a recording: names of hosts, VMs and people, paths, UUIDs, MAC and IP addresses.
 * The same thing is the same in all of a recording, and of the same kind as before, so that the recording still
 * replays, and two of the same actions still compare.
 */
import { type Extent, scanValues } from '../../json/extents.js';
import { matchPath, parsePath, type Step } from '../../json/path.js';
import type { NewMessage } from '../../recording/ports.js';
import { holdsToken } from '../redaction-token.js';
import { identifiers } from './identifiers.js';
import { everybody, namedMembers, namedPlaces, namedTexts, type NameKind } from './named-places.js';
import { isCommon, pathPattern, replacePath, stemOf } from './paths.js';

/** A part of a text and what comes in its place. */
interface Replacement {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** Shorter names tell nothing, and stand in every other word. */
const shortestName = 3;

/** Names looked for: each is looked for in every text. */
const maximumNames = 2000;

/** Commands whose answers list words of the protocol. */
const introspection: ReadonlySet<string | undefined> = new Set([
  'query-qmp-schema',
  'query-commands',
  'query-command-line-options',
  'query-machines',
  'query-cpu-definitions',
  'qom-list-types',
  'device-list-properties',
]);

/** Words of a protocol are a few thousand. */
const maximumWords = 20_000;

const places = namedPlaces.map((place) => ({ ...place, parsed: parsePath(place.path) }));

export class Anonymiser {
  readonly #numbers = new Map<string, number>();
  readonly #counts = new Map<string, number>();
  readonly #names = new Map<string, string>();
  #pattern: RegExp | undefined;
  /** Words of the protocol, which are not personal. */
  readonly #words = new Set(everybody);

  /** Learns the names in a message. */
  learn(message: Pick<NewMessage, 'kind' | 'name' | 'command' | 'raw'>): void {
    const { kind, name, command, raw } = message;
    if (kind === 'malformed' || kind === 'partial' || kind === 'sync') return;
    const place = kind === 'command' || kind === 'event' ? kind : 'response';
    const of = place === 'response' ? command : name;
    const here = places.filter((one) => one.in === place && one.of === of);
    this.#learnWords(name ?? '');
    const isProtocol = introspection.has(command);
    const visit = (steps: readonly Step[], { text }: Extent): void => {
      if (text === undefined) return;
      if (isProtocol) {
        this.#learnWords(text);
        return;
      }
      const named =
        here.find(({ parsed }) => matchPath(parsed, steps))?.kind ?? namedMembers.get(steps.at(-1));
      if (named !== undefined) this.learnName(text, named);
      else this.learnText(text);
    };
    scanValues(raw, visit, (member) => {
      this.#learnWords(member.text ?? '');
    });
  }

  /** Learns the names that a text tells as such: a command line, a path, a URL. */
  learnText(text: string): void {
    for (const { pattern, kind } of namedTexts) {
      for (const [, name] of text.matchAll(pattern)) if (name !== undefined) this.learnName(name, kind);
    }
    // A file that is named with its folder somewhere may be named without it elsewhere.
    for (const [path] of text.matchAll(pathPattern)) {
      if (replacePath(path, () => '') === path) continue;
      const file = path.slice(path.lastIndexOf('/') + 1);
      const { stem, ending } = stemOf(file);
      if (ending !== '' && !isCommon(file) && !isCommon(stem) && !/^domain-\d/.test(file)) {
        this.#learn(file, this.#component(stem) + ending);
      }
    }
  }

  /** Learns a name, from wherever it is known. */
  learnName(name: string, kind: NameKind): void {
    const text = name.trim();
    if (holdsToken(text) || this.#identifier(text) !== undefined || /^[\d.:*[\]-]*$/.test(text)) return;
    if (/^(?:[0-9a-f]{4}:)?[0-9a-f]{2}:[0-9a-f]{2}\.\d$/i.test(text)) return; // a PCI address
    if (text.length > 255 || text.includes('/') || this.#names.has(text)) return;
    if (kind !== 'host' || !text.includes('.')) {
      this.#learn(text, this.#nameOf(kind, text));
      return;
    }
    // A host and its name within a domain are the same host.
    const [host = ''] = text.split('.');
    this.#learn(text, `${this.#names.get(host) ?? this.#nameOf(kind, host)}.example`);
    this.learnName(host, kind);
  }

  /** The text with everything replaced. */
  text(text: string): string {
    const found = this.parts(text);
    if (found.length === 0) return text;
    let out = '';
    let at = 0;
    for (const { start, end, text: by } of found) {
      out += text.slice(at, start) + by;
      at = end;
    }
    return out + text.slice(at);
  }

  /** What is replaced in a text, in its order. */
  parts(text: string): readonly Replacement[] {
    // A value that is a path may have blanks in it.
    if (/^\/[^\n"'=,:]*[^\n"'=,:/]\/?$/.test(text) && !/ [-/]|\/\//.test(text)) {
      const path = replacePath(text, (component) => this.#component(component));
      if (path !== text) return [{ start: 0, end: text.length, text: path }];
    }
    const found: Replacement[] = [];
    const add = (pattern: RegExp, replace: (piece: string) => string | undefined): void => {
      for (const { 0: piece, index: start } of text.matchAll(pattern)) {
        const by = replace(piece);
        if (by !== undefined && by !== piece) found.push({ start, end: start + piece.length, text: by });
      }
    };
    for (const { pattern, replace } of identifiers) {
      add(pattern, (piece) => replace(piece, (kind, key) => this.#number(kind, key)));
    }
    add(pathPattern, (path) => this.#path(path));
    if (this.#names.size > 0) add(this.#namesPattern(), (name) => this.#names.get(name));
    return apart(found);
  }

  /** The words of a command, an event or a member. */
  #learnWords(name: string): void {
    if (name.length > 100 || this.#words.size > maximumWords) return;
    for (const word of name.toLowerCase().split(/[-_.]/)) {
      if (this.#words.has(word)) continue;
      this.#words.add(word);
      this.#pattern = undefined;
    }
  }

  #path(path: string): string {
    const start = /^[a-z][a-z0-9+.-]*:\/\/[^/]*/.exec(path)?.[0] ?? '';
    const replaced = replacePath(path.slice(start.length), (component) => this.#component(component));
    return start === '' ? replaced : this.text(start) + replaced;
  }

  #component(component: string): string {
    const known = this.#names.get(component) ?? this.#identifier(component);
    if (known !== undefined) return known;
    if (/^(?:path|vm|host|user)-\d+$/.test(component) || holdsToken(component)) return component;
    return `path-${this.#number('path', component)}`;
  }

  /** What stands for a text that is one identifier. */
  #identifier(text: string): string | undefined {
    for (const { pattern, replace } of identifiers) {
      const match = new RegExp(pattern.source, pattern.flags.replace('g', '')).exec(text);
      if (match?.[0] === text) return replace(text, (kind, key) => this.#number(kind, key)) ?? text;
    }
    return undefined;
  }

  #nameOf(kind: NameKind, name: string): string {
    return `${kind}-${this.#number(kind, name)}`;
  }

  #learn(name: string, by: string): void {
    if (name.length < shortestName || this.#names.has(name)) return;
    if (this.#names.size >= maximumNames) return;
    this.#names.set(name, by);
    this.#pattern = undefined;
  }

  /** The longest first, so that no name is taken for a part of another. */
  #namesPattern(): RegExp {
    if (this.#pattern !== undefined) return this.#pattern;
    const names = Array.from(this.#names.keys())
      .filter((name) => !this.#words.has(name.toLowerCase()))
      .sort((a, b) => b.length - a.length)
      .map((name) => name.replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&'));
    this.#pattern =
      names.length === 0 ? /(?!)/g : new RegExp(`(?<![A-Za-z0-9])(?:${names.join('|')})(?![A-Za-z0-9])`, 'g');
    return this.#pattern;
  }

  #number(kind: string, key: string): number {
    const name = `${kind} ${key}`;
    const known = this.#numbers.get(name);
    if (known !== undefined) return known;
    const number = (this.#counts.get(kind) ?? 0) + 1;
    this.#counts.set(kind, number);
    this.#numbers.set(name, number);
    return number;
  }
}

/** In their order; of two that overlap the one that begins first, or else the longer one. */
function apart(found: Replacement[]): Replacement[] {
  let end = 0;
  return found
    .sort((a, b) => a.start - b.start || b.end - a.end)
    .filter((one) => {
      if (one.start < end) return false;
      end = one.end;
      return true;
    });
}
