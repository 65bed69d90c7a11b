/**
 * Draws the pictures of the documentation: the terminal UI on a recording of this repository, as a real terminal
 * shows it, in SVG. `npm run pictures` writes them; with `-- --check` it fails if they are not those of today.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import xterm from '@xterm/headless';
import { spawn } from '@lydell/node-pty';

const columns = 104;
const rows = 24;

/** What is typed, each once the screen shows what stands before it. */
const pictures = [
  {
    name: 'terminal-ui.svg',
    title:
      'The terminal UI of qmptap: a list of messages, an opened error response as a tree, and its command beside it',
    command: ['ui', 'recordings/demo.qmptap'],
    // To the error, the 20th message, and into it.
    steps: [
      ['query-status', 'g'],
      ['1/30', 'j'.repeat(19)],
      ['20/30', '\r'],
      ['error:', ''],
    ],
  },
];

const root = fileURLToPath(new URL('../..', import.meta.url));

for (const { name, title, command, steps } of pictures) {
  const path = new URL(name, import.meta.url);
  const svg = draw(await screenOf(command, steps), title);
  if (!process.argv.includes('--check')) writeFileSync(path, svg);
  else if (readFileSync(path, 'utf8') !== svg) {
    process.stderr.write(`docs/pictures/${name} is not what the UI shows; npm run pictures draws it\n`);
    process.exitCode = 1;
  }
}

/** The terminal after the last step. */
async function screenOf(command, steps) {
  const terminal = new xterm.Terminal({ cols: columns, rows, allowProposedApi: true });
  const env = { ...process.env, LC_ALL: 'C.UTF-8', TERM: 'xterm-256color', NO_COLOR: '' };
  const program = spawn(process.execPath, ['dist/cli/main.js', ...command], {
    name: 'xterm-256color', cols: columns, rows, cwd: root, env,
  }); // prettier-ignore
  const ended = new Promise((resolve) => {
    program.onExit(resolve);
  });
  let quiet = Date.now();
  program.onData((data) => {
    quiet = Date.now();
    terminal.write(data);
  });
  const settled = async (text) => {
    for (const deadline = Date.now() + 20_000; ; await pause(20)) {
      if (textOf(terminal).includes(text) && Date.now() - quiet > 300) return;
      if (Date.now() > deadline) throw new Error(`the screen never showed ${text}:\n${textOf(terminal)}`);
    }
  };
  for (const [shows, keys] of steps) {
    await settled(shows);
    program.write(keys);
    quiet = Date.now();
  }
  await settled('');
  program.kill('SIGKILL');
  await ended;
  return terminal;
}

function textOf({ buffer }) {
  return Array.from({ length: rows }, (_, row) => buffer.active.getLine(row)?.translateToString(true)).join(
    '\n',
  );
}

/** Of a dark theme: the 16 colours of a terminal, and what it draws on. */
function palette() {
  const normal = ['#1f2430', '#f28779', '#bae67e', '#ffd580', '#73d0ff', '#d4bfff', '#95e6cb', '#cbccc6'];
  const bright = ['#707a8c', '#ff9b8e', '#cdf48f', '#ffe2a0', '#92dcff', '#e1d2ff', '#aef5dc', '#ffffff'];
  return { colours: [...normal, ...bright], foreground: '#cbccc6', background: '#1f2430' };
}

function colourOf(cell, which) {
  const { colours, foreground, background } = palette();
  const [isDefault, isRgb, value] =
    which === 'fg'
      ? [cell.isFgDefault(), cell.isFgRGB(), cell.getFgColor()]
      : [cell.isBgDefault(), cell.isBgRGB(), cell.getBgColor()];
  if (isDefault) return which === 'fg' ? foreground : background;
  if (isRgb) return `#${value.toString(16).padStart(6, '0')}`;
  if (value < 16) return colours[value];
  const level = value < 232 ? undefined : 8 + (value - 232) * 10;
  const cube = [Math.floor((value - 16) / 36), Math.floor((value - 16) / 6) % 6, (value - 16) % 6];
  const rgb =
    level === undefined ? cube.map((part) => (part === 0 ? 0 : 55 + part * 40)) : [level, level, level];
  return `#${rgb.map((part) => part.toString(16).padStart(2, '0')).join('')}`;
}

/** Cells that look alike, side by side. */
function runsOf(line) {
  const runs = [];
  for (let column = 0; column < columns; column++) {
    const cell = line.getCell(column);
    const [fg, bg] = [colourOf(cell, 'fg'), colourOf(cell, 'bg')];
    const inverse = cell.isInverse() !== 0;
    const style = { fg: inverse ? bg : fg, bg: inverse ? fg : bg, bold: cell.isBold() !== 0 };
    const last = runs.at(-1);
    const same = last !== undefined && ['fg', 'bg', 'bold'].every((key) => last[key] === style[key]);
    if (same) last.text += cell.getChars() || ' ';
    else runs.push({ ...style, column, text: cell.getChars() || ' ' });
  }
  return runs;
}

function draw({ buffer }, title) {
  const { background, foreground } = palette();
  const [wide, high, size, edge] = [8.4, 18, 14, 12];
  const [width, height] = [columns * wide + 2 * edge, rows * high + 2 * edge];
  const escaped = (text) =>
    text.replaceAll(/[&<>]/g, (one) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;' })[one]);
  const number = (value) => String(Math.round(value * 10) / 10);
  const lines = [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${number(width)} ${number(height)}" role="img">`,
    `<title>${escaped(title)}</title>`,
    `<rect width="100%" height="100%" rx="8" fill="${background}"/>`,
    `<g font-family="ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, monospace" font-size="${size}" fill="${foreground}">`,
  ];
  for (let row = 0; row < rows; row++) {
    for (const { column, text, fg, bg, bold } of runsOf(buffer.active.getLine(row))) {
      const [x, y] = [edge + column * wide, edge + row * high];
      const length = number([...text].length * wide);
      if (bg !== background) {
        lines.push(
          `<rect x="${number(x)}" y="${number(y)}" width="${length}" height="${high}" fill="${bg}"/>`,
        );
      }
      const weight = bold ? ' font-weight="bold"' : '';
      const fill = fg === foreground ? '' : ` fill="${fg}"`;
      // Viewers disagree about spaces in a row, so each word group has its own place.
      for (const { 0: words, index } of text.matchAll(/\S+(?: \S+)*/g)) {
        const at = number(x + index * wide);
        const span = number([...words].length * wide);
        lines.push(
          `<text x="${at}" y="${number(y + 13.5)}" textLength="${span}"${weight}${fill}>${escaped(words)}</text>`,
        );
      }
    }
  }
  return [...lines, '</g>', '</svg>', ''].join('\n');
}
