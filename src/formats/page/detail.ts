/** Script of the page: one message in full, as a tree that folds, with the spelling of its numbers. */

export const detail = /* js */ String.raw`
/**
 * A value as it stands in the text: numbers and literals as spelled, strings with their quotes.
 * @typedef {{open: '{' | '[', items: {key?: string, value: Value}[]} | string} Value
 */

/** Reads JSON without reading numbers. @param {string} text @returns {Value | undefined} */
function parseTree(text) {
  const tokens = /\s*("(?:[^"\\]|\\[^])*"|'(?:[^'\\]|\\[^])*'|[-+.\w]+|[{}[\],:])/y;
  let depth = 0;
  /** @returns {string | undefined} */
  const next = () => {
    const found = tokens.exec(text);
    return found ? found[1] : undefined;
  };
  /** @param {string | undefined} token @returns {Value | undefined} */
  const value = (token) => {
    if (token === undefined || '}],:'.includes(token) || depth > 1000) return undefined;
    if (token !== '{' && token !== '[') return token;
    depth += 1;
    const close = token === '{' ? '}' : ']';
    /** @type {{key?: string, value: Value}[]} */
    const items = [];
    for (let at = next(); at !== close; at = next()) {
      if (items.length > 0) {
        if (at !== ',') return undefined;
        at = next();
      }
      /** @type {string | undefined} */
      let key;
      if (token === '{') {
        key = at;
        if (key === undefined || next() !== ':') return undefined;
        at = next();
      }
      const item = value(at);
      if (item === undefined) return undefined;
      items.push(key === undefined ? { value: item } : { key, value: item });
    }
    depth -= 1;
    return { open: token, items };
  };
  const tree = value(next());
  return tree !== undefined && text.slice(tokens.lastIndex).trim() === '' ? tree : undefined;
}

/** More members than this are shown on demand: a schema has thousands. */
const shownItems = 200;

/** @param {HTMLElement} into @param {Value} value @param {string | undefined} key @param {number} open */
function addTree(into, value, key, open) {
  const line = make('div');
  if (key !== undefined) line.append(make('span', 'key', key), ': ');
  into.append(line);
  if (typeof value === 'string') {
    line.append(make('span', /^["']/.test(value) ? 'string' : 'number', value));
    return;
  }
  const { items } = value;
  const close = value.open === '{' ? '}' : ']';
  if (items.length === 0) {
    line.append(value.open + close);
    return;
  }
  const fold = make('button', 'fold');
  const inner = make('div', 'in');
  const tail = make('span');
  const end = make('div', '', close);
  let made = 0;
  const more = () => {
    for (const item of items.slice(made, made + shownItems)) addTree(inner, item.value, item.key, open - 1);
    made += shownItems;
    if (made >= items.length) return;
    const rest = make('button', '', (items.length - made) + ' more');
    rest.onclick = () => {
      rest.remove();
      more();
    };
    inner.append(rest);
  };
  /** @param {boolean} isOpen */
  const set = (isOpen) => {
    if (isOpen && made === 0) more();
    inner.hidden = end.hidden = !isOpen;
    fold.textContent = isOpen ? '▾' : '▸';
    fold.setAttribute('aria-expanded', String(isOpen));
    fold.setAttribute('aria-label', isOpen ? 'Fold' : 'Unfold');
    tail.textContent = isOpen ? '' : ' … ' + items.length + ' ' + close;
  };
  fold.onclick = () => set(Boolean(inner.hidden));
  line.prepend(fold);
  line.append(value.open, tail);
  into.append(inner, end);
  set(open > 0);
}

/** How deep a message is unfolded at first. */
const firstDepth = 3;
let unfolded = firstDepth;

/** @param {Message | undefined} message */
function showDetail(message) {
  const place = element('detail');
  place.replaceChildren();
  if (!message) return;
  const facts = make('dl');
  /** @param {string} name @param {string | Node | undefined} value */
  const fact = (name, value) => {
    if (value === undefined) return;
    const said = make('dd');
    said.append(value);
    facts.append(make('dt', '', name), said);
  };
  /** @param {number} session @param {number} seq @param {string} text */
  const link = (session, seq, text) => {
    const made = document.createElement('a');
    made.textContent = text;
    made.href = '#' + placeOf(session, seq);
    return made;
  };
  const way = message.dir === 'c2s' ? '-> from the client' : '<- from the server';
  fact('message', '#' + message.seq + ' of session ' + message.session + ', ' + way);
  fact('kind', message.kind + (message.oob ? ', out-of-band' : '') + (message.injected ? ', by the user of qmptap' : ''));
  fact('time', message.t.toFixed(6) + ' s, ' + message.time);
  fact('id', idOf(message));
  if (message.replyTo) fact('answers', link(message.session, message.replyTo, '#' + message.replyTo + ' ' + (message.command || '')));
  if (message.latencyUs !== undefined) fact('after', duration(message.latencyUs));
  if (message.answer) fact('answered by', link(message.session, message.answer.seq, '#' + message.answer.seq + ' after ' + duration(message.answer.latencyUs || 0)));
  if (message.late) fact('answers late', link(message.late.session, message.late.seq, '#' + message.late.seq + ' of session ' + message.late.session));
  fact('descriptors', message.fds ? String(message.fds) : undefined);
  fact('problem', message.problem);
  fact('marked', message.marked ? message.note || 'yes' : undefined);
  const copy = make('button', '', 'Copy');
  copy.onclick = () => copyText(message);
  const tree = make('div', 'tree');
  const text = textOf(message);
  const value = parseTree(text);
  if (value === undefined) tree.textContent = text;
  else addTree(tree, value, undefined, unfolded);
  place.append(facts, copy, tree);
}

/** @param {Message} message */
function copyText(message) {
  navigator.clipboard.writeText(textOf(message)).catch(() => {
    const range = document.createRange();
    range.selectNodeContents(element('detail'));
    const selection = getSelection();
    if (selection) {
      selection.removeAllRanges();
      selection.addRange(range);
    }
  });
}
`;
