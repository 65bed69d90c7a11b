/** Script of the page: what was in flight and which events came, over time; and the numbers about it. */

export const timeline = /* js */ String.raw`
const canvas = /** @type {HTMLCanvasElement} */ (element('timeline'));

/** When each session began, in seconds since the first did. @type {Map<number, number>} */
const begun = new Map();
const zero = sessions.reduce((least, session) => Math.min(least, Date.parse(session.started)), Infinity);
for (const session of sessions) begun.set(session.session, (Date.parse(session.started) - zero) / 1000);

/** @param {Message} message */
function momentOf(message) {
  return (begun.get(message.session) || 0) + message.t;
}

const wholeTime = messages.reduce((latest, message) => Math.max(latest, momentOf(message)), 0) || 1;

/** Exchanges are bars on as many lanes as were in flight at once, events ticks below. */
function drawTimeline() {
  const scale = devicePixelRatio || 1;
  const width = canvas.clientWidth;
  const height = canvas.clientHeight;
  canvas.width = width * scale;
  canvas.height = height * scale;
  const paint = canvas.getContext('2d');
  if (!paint || width === 0) return;
  paint.scale(scale, scale);
  const style = getComputedStyle(document.documentElement);
  /** @param {string} name */
  const colour = (name) => style.getPropertyValue(name);
  /** @param {number} moment */
  const x = (moment) => 8 + (moment / wholeTime) * (width - 16);
  const lanes = 8;
  /** @type {number[]} */
  const free = [];
  const success = colour('--success');
  const error = colour('--error');
  const event = colour('--event');
  for (const message of shown) {
    const end = momentOf(message);
    if (message.kind === 'success' || message.kind === 'error') {
      const start = end - (message.latencyUs || 0) / 1e6;
      let lane = free.findIndex((moment) => (moment || 0) <= start);
      if (lane < 0) lane = Math.min(free.length, lanes - 1);
      free[lane] = end;
      paint.fillStyle = message.kind === 'error' ? error : success;
      paint.fillRect(x(start), 6 + lane * 6, Math.max(1, x(end) - x(start)), 5);
    } else if (message.kind === 'event') {
      paint.fillStyle = event;
      paint.fillRect(x(end), height - 26, 1, 10);
    }
  }
  paint.fillStyle = colour('--dim');
  paint.font = '11px system-ui, sans-serif';
  paint.fillText('0 s', 8, height - 4);
  const label = wholeTime.toFixed(wholeTime < 10 ? 3 : 1) + ' s';
  paint.fillText(label, width - 8 - paint.measureText(label).width, height - 4);
  const current = shown[chosen];
  if (current) {
    paint.fillStyle = colour('--focus');
    paint.fillRect(x(momentOf(current)) - 1, 0, 2, height - 14);
  }
}

canvas.onclick = (click) => {
  const moment = ((click.offsetX - 8) / (canvas.clientWidth - 16)) * wholeTime;
  let best = -1;
  let least = Infinity;
  shown.forEach((message, at) => {
    const distance = Math.abs(momentOf(message) - moment);
    if (distance < least) {
      least = distance;
      best = at;
    }
  });
  choose(best);
};

/** @param {readonly number[]} sorted @param {number} share */
function quantile(sorted, share) {
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] || 0;
}

/** @param {string[]} head @param {string[][]} rows */
function table(head, rows) {
  const made = make('table');
  for (const [at, cells] of [head, ...rows].entries()) {
    const row = make('tr');
    for (const cell of cells) row.append(make(at === 0 ? 'th' : 'td', '', cell));
    made.append(row);
  }
  return made;
}

/** Of what the filter leaves. */
function drawStats() {
  /** @type {Map<string, {count: number, errors: number, times: number[]}>} */
  const commands = new Map();
  /** @type {Map<string, number>} */
  const events = new Map();
  for (const message of shown) {
    if (message.kind === 'event') events.set(nameOf(message), (events.get(nameOf(message)) || 0) + 1);
    if (message.kind !== 'success' && message.kind !== 'error') continue;
    const name = message.command || '(no command)';
    const entry = commands.get(name) || { count: 0, errors: 0, times: [] };
    commands.set(name, entry);
    entry.count += 1;
    if (message.kind === 'error') entry.errors += 1;
    if (message.latencyUs !== undefined) entry.times.push(message.latencyUs);
  }
  const pending = shown.filter((message) => message.kind === 'command' && !message.answer);
  const rows = [...commands].sort(([, a], [, b]) => b.count - a.count).map(([name, { count, errors, times }]) => {
    times.sort((a, b) => a - b);
    const cells = [0.5, 0.95, 0.99, 1].map((share) => duration(quantile(times, share)));
    return [name, String(count), String(errors), ...cells];
  });
  element('stats').replaceChildren(
    make('h2', '', 'Exchanges'),
    table(['command', 'count', 'errors', 'p50', 'p95', 'p99', 'max'], rows),
    make('h2', '', 'Events'),
    table(['event', 'count'], [...events].sort(([, a], [, b]) => b - a).map(([name, count]) => [name, String(count)])),
    make('h2', '', 'Unanswered: ' + pending.length),
    table(['command', 'message'], pending.slice(0, 100).map((message) => [nameOf(message), '#' + message.seq])),
  );
}
`;
