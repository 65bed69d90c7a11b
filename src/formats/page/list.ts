/** Script of the page: the messages that the filter leaves, as a window of rows over all of them. */

export const list = /* js */ String.raw`
const rowHeight = 22;
const listBox = element('list');
const rowBox = element('rows');

/** @type {Message[]} */
let shown = messages;
/** The chosen row of those shown, or -1. */
let chosen = -1;
let absolute = false;

/** Rows are made for what can be seen and a little around it; all others are only counted. */
function drawRows() {
  const first = Math.max(0, Math.floor(listBox.scrollTop / rowHeight) - 10);
  const last = Math.min(shown.length, first + Math.ceil(listBox.clientHeight / rowHeight) + 20);
  rowBox.style.height = shown.length * rowHeight + 'px';
  const current = shown[chosen];
  const partner = current && (current.answer || (current.replyTo && byPlace.get(placeOf(current.session, current.replyTo))));
  /** @type {HTMLElement[]} */
  const rows = [];
  for (let at = first; at < last; at += 1) {
    const message = shown[at];
    if (message) rows.push(rowOf(message, at, message === partner));
  }
  rowBox.replaceChildren(...rows);
  if (chosen >= first && chosen < last) listBox.setAttribute('aria-activedescendant', 'row-' + chosen);
  else listBox.removeAttribute('aria-activedescendant');
}

/** @param {Message} message @param {number} at @param {boolean} isPartner */
function rowOf(message, at, isPartner) {
  const row = make('div', 'row ' + message.kind + (isPartner ? ' pair' : '') + (message.marked ? ' marked' : ''));
  if (message.note) row.title = message.note;
  row.id = 'row-' + at;
  row.style.top = at * rowHeight + 'px';
  row.setAttribute('role', 'option');
  row.setAttribute('aria-selected', String(at === chosen));
  row.setAttribute('aria-setsize', String(shown.length));
  row.setAttribute('aria-posinset', String(at + 1));
  const took = message.latencyUs === undefined ? (message.kind === 'command' && !message.answer ? 'pending' : '') : duration(message.latencyUs);
  row.append(
    make('span', 'seq', (sessions.length > 1 ? message.session + ':' : '') + message.seq),
    make('span', 'time', absolute ? message.time.slice(11, 24) : message.t.toFixed(6)),
    make('span', 'arrow', message.dir === 'c2s' ? '->' : '<-'),
    make('span', 'took', took),
    make('span', 'name', (message.marked ? '★ ' : '') + nameOf(message)),
    make('span', 'text', textOf(message).slice(0, 400).replace(/\s+/g, ' ')),
  );
  row.onclick = () => choose(at);
  return row;
}

/** @param {number} at */
function choose(at) {
  chosen = shown.length === 0 ? -1 : Math.max(0, Math.min(at, shown.length - 1));
  const message = shown[chosen];
  if (message) {
    const top = chosen * rowHeight;
    if (top < listBox.scrollTop) listBox.scrollTop = top;
    else if (top + rowHeight > listBox.scrollTop + listBox.clientHeight) listBox.scrollTop = top + rowHeight - listBox.clientHeight;
    history.replaceState(null, '', '#' + placeOf(message.session, message.seq));
  }
  showDetail(message);
  drawRows();
  drawTimeline();
}

/** @param {Message | undefined} message @returns {boolean} */
function chooseMessage(message) {
  const at = message ? shown.indexOf(message) : -1;
  if (at >= 0) choose(at);
  return at >= 0;
}

/** The other half of an exchange. */
function chooseOther() {
  const current = shown[chosen];
  if (current) chooseMessage(current.answer || byPlace.get(placeOf(current.session, current.replyTo || 0)));
}
`;
