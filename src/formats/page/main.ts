/** Script of the page, last part: the controls, the keys, and the beginning. */

export const main = /* js */ String.raw`
const search = /** @type {HTMLInputElement} */ (element('search'));
const sessionBox = /** @type {HTMLSelectElement} */ (element('session'));
const kinds = ['greeting', 'command', 'success', 'error', 'event', 'sync', 'malformed', 'partial'];
/** Kinds that are switched off. @type {Set<string>} */
const hiddenKinds = new Set();

function applyFilter() {
  const current = shown[chosen];
  const test = filterTest(search.value);
  const session = Number(sessionBox.value);
  shown = messages.filter((message) => {
    return !hiddenKinds.has(message.kind) && (!session || message.session === session) && test(message);
  });
  element('count').textContent = shown.length === messages.length ? messages.length + ' messages' : shown.length + ' of ' + messages.length + ' messages';
  listBox.scrollTop = 0;
  chosen = -1;
  if (!current || !chooseMessage(current)) {
    showDetail(undefined);
    drawRows();
    drawTimeline();
  }
  if (!element('stats').hidden) drawStats();
}

/** @param {string} id @param {boolean} [open] */
function panel(id, open) {
  const place = element(id);
  place.hidden = open === undefined ? !place.hidden : !open;
  element(id + '-button').setAttribute('aria-expanded', String(!place.hidden));
  if (place.hidden) listBox.focus();
  else place.focus();
}

function toggleStats() {
  drawStats();
  panel('stats');
}

function setTheme(/** @type {boolean} */ dark) {
  document.documentElement.dataset['theme'] = dark ? 'dark' : 'light';
  drawTimeline();
}

function foldAll() {
  unfolded = unfolded === Infinity ? 1 : Infinity;
  showDetail(shown[chosen]);
}

/** @type {Record<string, () => void>} */
const keys = {
  j: () => choose(chosen + 1),
  ArrowDown: () => choose(chosen + 1),
  k: () => choose(chosen - 1),
  ArrowUp: () => choose(chosen - 1),
  PageDown: () => choose(chosen + Math.floor(listBox.clientHeight / rowHeight)),
  PageUp: () => choose(chosen - Math.floor(listBox.clientHeight / rowHeight)),
  g: () => choose(0),
  Home: () => choose(0),
  G: () => choose(shown.length - 1),
  End: () => choose(shown.length - 1),
  Enter: () => element('detail').focus(),
  '[': chooseOther,
  ']': chooseOther,
  '/': () => search.focus(),
  s: toggleStats,
  '?': () => panel('help'),
  z: foldAll,
  t: () => {
    absolute = !absolute;
    drawRows();
  },
  y: () => {
    const message = shown[chosen];
    if (message) copyText(message);
  },
};

document.addEventListener('keydown', (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const target = /** @type {HTMLElement} */ (event.target);
  if (event.key === 'Escape') {
    if (!element('stats').hidden) panel('stats', false);
    else if (!element('help').hidden) panel('help', false);
    else if (target !== listBox) listBox.focus();
    else if (search.value !== '') {
      search.value = '';
      applyFilter();
    }
    event.preventDefault();
    return;
  }
  if (target === search || target === sessionBox) {
    if (event.key === 'Enter') listBox.focus();
    return;
  }
  const scrolls = !listBox.contains(target) && target !== document.body && /^(Arrow|Page|Home|End|Enter)/.test(event.key);
  const act = keys[event.key];
  if (act === undefined || scrolls) return;
  act();
  event.preventDefault();
});

search.addEventListener('input', applyFilter);
sessionBox.addEventListener('change', applyFilter);
listBox.addEventListener('scroll', drawRows);
window.addEventListener('resize', () => {
  drawRows();
  drawTimeline();
});
window.addEventListener('hashchange', () => {
  const message = byPlace.get(location.hash.slice(1));
  if (message && !chooseMessage(message)) {
    search.value = '';
    sessionBox.value = '0';
    hiddenKinds.clear();
    for (const button of element('kinds').querySelectorAll('button')) button.setAttribute('aria-pressed', 'true');
    applyFilter();
    chooseMessage(message);
  }
});
element('stats-button').onclick = toggleStats;
element('help-button').onclick = () => panel('help');
element('theme-button').onclick = () => setTheme(document.documentElement.dataset['theme'] !== 'dark');

/** @param {Session} session */
function sessionName(session) {
  const server = session.dialect === 'qga' ? 'guest agent' : session.qemu ? 'QEMU ' + session.qemu : 'QMP';
  return 'session ' + session.session + (session.label ? ' ' + session.label : '') + ', ' + server;
}

for (const [value, text] of [['0', 'all sessions'], ...sessions.map((session) => [String(session.session), sessionName(session)])]) {
  const choice = document.createElement('option');
  choice.value = value || '';
  choice.textContent = text || '';
  sessionBox.append(choice);
}
sessionBox.hidden = sessions.length < 2;
for (const kind of kinds) {
  if (!messages.some((message) => message.kind === kind)) continue;
  const button = make('button', '', kind);
  button.setAttribute('aria-pressed', 'true');
  button.onclick = () => {
    if (!hiddenKinds.delete(kind)) hiddenKinds.add(kind);
    button.setAttribute('aria-pressed', String(!hiddenKinds.has(kind)));
    applyFilter();
  };
  element('kinds').append(button, ' ');
}
const [only] = sessions;
element('title').textContent = sessions.length === 1 && only ? sessionName(only) : sessions.length + ' sessions';
element('about').textContent = only && sessions.length === 1 ? only.client.address + ' -> ' + only.server.address + ', ' + only.started.slice(0, 19).replace('T', ' ') + ' UTC' : '';
element('about').title = sessions.flatMap((session) => session.notes || []).join('\n');
document.title = element('title').textContent + ' - qmptap';
setTheme(matchMedia('(prefers-color-scheme: dark)').matches);
applyFilter();
if (!chooseMessage(byPlace.get(location.hash.slice(1)))) choose(0);
listBox.focus();
document.documentElement.dataset['ready'] = 'true';
`;
