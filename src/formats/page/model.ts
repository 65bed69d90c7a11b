/**
 * Script of the page, first part: the recording that lies in it, and the filter. Parts of one script: what
 * one declares, those after it use. Checked as JavaScript with types by a test.
 */

export const model = /* js */ String.raw`
/**
 * @typedef {{session: number, seq: number, dir: 'c2s' | 's2c', t: number, time: string, kind: string, name?: string,
 *   id?: unknown, replyTo?: number, command?: string, latencyUs?: number, oob?: true, fds: number, problem?: string,
 *   injected?: true, late?: {session: number, seq: number}, raw?: string, rawBase64?: string, line: string,
 *   lower?: string, answer?: Message, marked?: true, note?: string}} Message
 * @typedef {{session: number, label?: string, dialect: string, qemu?: string, package?: string, started: string,
 *   duration?: number, end?: string, endReason?: string, notes?: string[], client: {address: string},
 *   server: {address: string}}} Session
 * @typedef {(message: Message) => boolean} Test
 */

/** @param {string} id @returns {HTMLElement} */
function element(id) {
  const found = document.getElementById(id);
  if (!found) throw new Error('the page is damaged: ' + id + ' is missing');
  return found;
}

/**
 * @param {string} tag @param {string} [className] @param {string} [text]
 * @returns {HTMLElement}
 */
function make(tag, className, text) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
}

/** @type {Session[]} */
const sessions = [];
/** @type {Message[]} */
const messages = [];
/** @type {Map<string, Message>} */
const byPlace = new Map();

/** @param {number} session @param {number} seq */
function placeOf(session, seq) {
  return session + ':' + seq;
}

for (const line of (element('recording').textContent || '').split('\n')) {
  if (!line.startsWith('{')) continue;
  const parsed = JSON.parse(line);
  if (parsed.type === 'session') sessions.push(parsed);
  const marked = parsed.type === 'mark' && byPlace.get(placeOf(parsed.session, parsed.seq));
  if (marked) {
    marked.marked = true;
    marked.note = parsed.note;
  }
  if (parsed.type !== 'message') continue;
  parsed.line = line;
  messages.push(parsed);
  byPlace.set(placeOf(parsed.session, parsed.seq), parsed);
  const asked = parsed.replyTo && byPlace.get(placeOf(parsed.session, parsed.replyTo));
  if (asked) asked.answer = parsed;
}

/** @param {Message} message @returns {string} */
function textOf(message) {
  if (message.raw !== undefined) return message.raw.trim();
  return atob(message.rawBase64 || '').trim().replace(/[\x80-\xff]/g, (byte) => '\\x' + byte.charCodeAt(0).toString(16));
}

/** The id as it is spelled: a number in it may be longer than one of this language. @param {Message} message */
function idOf(message) {
  const found = /"id":((?:"(?:[^"\\]|\\.)*")|-?[\d.eE+-]+)/.exec(message.line);
  if (message.id === undefined) return undefined;
  return found ? (found[1] || '').replace(/^"|"$/g, '') : JSON.stringify(message.id);
}

/** @param {Message} message */
function nameOf(message) {
  return message.name || message.command || message.kind;
}

/** @param {number} micros */
function duration(micros) {
  if (micros < 1000) return Math.round(micros) + 'us';
  if (micros < 1e6) return (micros / 1e3).toFixed(micros < 1e4 ? 1 : 0) + 'ms';
  return (micros / 1e6).toFixed(micros < 1e7 ? 2 : 1) + 's';
}

/** @param {string} glob @returns {(text: string | undefined) => boolean} */
function globTest(glob) {
  const parts = glob.split('*');
  return (text) => {
    if (text === undefined) return false;
    if (parts.length === 1) return text === glob;
    const first = parts[0] || '';
    const last = parts[parts.length - 1] || '';
    if (!text.startsWith(first) || !text.endsWith(last) || text.length < first.length + last.length) return false;
    let at = first.length;
    for (const part of parts.slice(1, -1)) {
      const found = text.indexOf(part, at);
      if (found < 0) return false;
      at = found + part.length;
    }
    return at <= text.length - last.length;
  };
}

const units = { h: 3600e6, min: 60e6, s: 1e6, ms: 1e3, us: 1 };

/** @param {string} word @returns {Test} */
function termTest(word) {
  const compared = /^(dur|t|fds)([<>]=?|=)(\d+(?:\.\d+)?)(h|min|s|ms|us)?$/.exec(word);
  if (compared) {
    const [, what, is, digits, unit] = compared;
    const fallback = what === 'fds' ? 1 : units.s;
    const value = Number(digits) * (unit ? units[/** @type {keyof typeof units} */ (unit)] : fallback);
    return (message) => {
      const answer = message.answer ? message.answer.latencyUs : undefined;
      const found = what === 't' ? message.t * 1e6 : what === 'fds' ? message.fds : message.latencyUs ?? answer;
      if (found === undefined) return false;
      if (is === '<') return found < value;
      if (is === '<=') return found <= value;
      if (is === '>') return found > value;
      return is === '>=' ? found >= value : found === value;
    };
  }
  const keyed = /^(cmd|event|kind|dir|id|session|note):(.+)$/.exec(word);
  if (keyed) {
    const [, key, value] = keyed;
    const fits = globTest(value || '');
    if (key === 'cmd') return (message) => fits(message.kind === 'command' ? message.name : message.command);
    if (key === 'event') return (message) => message.kind === 'event' && fits(message.name);
    if (key === 'kind') return (message) => fits(message.kind);
    if (key === 'dir') return (message) => fits(message.dir);
    if (key === 'note') return (message) => (message.note || '').toLowerCase().includes((value || '').toLowerCase());
    if (key === 'id') return (message) => fits(idOf(message));
    return (message) => fits(String(message.session));
  }
  if (word === 'fds') return (message) => message.fds > 0;
  if (word === 'marked') return (message) => message.marked === true;
  if (word === 'pending') return (message) => message.kind === 'command' && !message.answer;
  const wanted = word.replace(/^"(.*)"$/, '$1').toLowerCase();
  return (message) => (message.lower ??= textOf(message).toLowerCase()).includes(wanted);
}

/** @param {string} text @returns {Test} */
function filterTest(text) {
  /** @type {Test[]} */
  const all = [];
  let negated = false;
  for (const word of text.match(/"[^"]*"|\S+/g) || []) {
    if (word === 'not') {
      negated = !negated;
      continue;
    }
    const test = termTest(word);
    all.push(negated ? (message) => !test(message) : test);
    negated = false;
  }
  return (message) => all.every((test) => test(message));
}
`;
