/** The page's skeleton and its style: what is there before the script has read the recording. */
import { fields } from '../../recording/fields/fields.js';

/** The keys of the fields that the script's filter knows (`model.ts`). */
export const pageFields = [
  ...['cmd', 'event', 'kind', 'dir', 'id', 'session', 'note'],
  ...['t', 'dur', 'fds', 'pending', 'marked'],
] as const;

const terms = pageFields.map((key) => `<code>${escaped(fields.get(key)?.example ?? key)}</code>`).join(', ');

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

export const markup = /* html */ `
<header>
  <h1 id="title"></h1><span id="about" class="dim"></span><span class="space"></span>
  <button id="stats-button" aria-expanded="false" title="s">Statistics</button>
  <button id="help-button" aria-expanded="false" title="?">Keys</button>
  <button id="theme-button">Light or dark</button>
</header>
<div class="tools" role="search">
  <input id="search" type="search" placeholder="text, cmd:query-* kind:error dur>50ms …" aria-label="Filter" spellcheck="false" autocomplete="off">
  <select id="session" aria-label="Session"></select>
  <span id="kinds" role="group" aria-label="Kinds of messages"></span>
  <span id="count" class="dim" role="status"></span>
</div>
<details id="why" hidden open><summary id="why-title"></summary><ol id="why-list"></ol></details>
<canvas id="timeline" role="img" aria-label="Exchanges and events over time"></canvas>
<main>
  <div id="list" role="listbox" tabindex="0" aria-label="Messages"><div id="rows"></div></div>
  <section id="detail" tabindex="-1" aria-label="The chosen message"></section>
</main>
<section id="stats" class="panel" hidden aria-label="Statistics" tabindex="-1"></section>
<section id="help" class="panel" hidden aria-label="Keys" tabindex="-1">
  <h2>Keys</h2>
  <p><kbd>j</kbd> <kbd>k</kbd> or arrows, <kbd>PgUp</kbd> <kbd>PgDn</kbd>, <kbd>g</kbd> <kbd>G</kbd>: move</p>
  <p><kbd>Enter</kbd>: into the message; <kbd>Esc</kbd>: back; <kbd>z</kbd>: fold or unfold all of it</p>
  <p><kbd>[</kbd> <kbd>]</kbd>: to the other half of an exchange</p>
  <p><kbd>/</kbd>: filter; <kbd>Esc</kbd> in it: back to the list, once more: no filter</p>
  <p><kbd>t</kbd>: time since the session began or of the clock; <kbd>y</kbd>: copy the message; <kbd>s</kbd>: statistics</p>
  <h2>Filter</h2>
  <p>Words are looked for in the messages. Of the filter's terms the page knows ${terms};
  <code>not</code> before one turns it round; side by side means and.</p>
</section>
`;

/** The page's looks: one style sheet, light and dark, no image and no font from elsewhere. */

export const style = /* css */ `
:root {
  color-scheme: light;
  --back: #ffffff; --panel: #f6f7f9; --line: #d9dde3; --text: #1b1f24; --dim: #5b6570; --mark: #fff3bf;
  --focus: #0b62d6; --chosen: #dbe9ff; --command: #0b5a7a; --success: #1a6b34; --error: #b3261e; --event: #8a5a00;
  --other: #8a2b8a; --key: #0b5a7a; --string: #1a6b34; --number: #8a2b8a;
}
:root[data-theme='dark'] {
  color-scheme: dark;
  --back: #14171b; --panel: #1c2025; --line: #343b44; --text: #e6e9ed; --dim: #98a3af; --mark: #5c4a00;
  --focus: #6ea8ff; --chosen: #1f3a5f; --command: #7cc7e8; --success: #7fd39b; --error: #ff8a80; --event: #e5b567;
  --other: #e0a3e0; --key: #7cc7e8; --string: #7fd39b; --number: #e0a3e0;
}
* { box-sizing: border-box; }
html, body { height: 100%; margin: 0; }
body {
  display: grid; grid-template-rows: auto auto auto auto 1fr; background: var(--back); color: var(--text);
  font: 14px/1.45 system-ui, sans-serif;
}
header, .tools { display: flex; flex-wrap: wrap; gap: 8px; align-items: center; padding: 8px 12px; }
header { background: var(--panel); border-bottom: 1px solid var(--line); }
h1 { font-size: 15px; margin: 0; }
h2 { font-size: 14px; margin: 12px 0 4px; }
.dim { color: var(--dim); }
.space { flex: 1; }
button, select, input {
  font: inherit; color: inherit; background: var(--back); border: 1px solid var(--line); border-radius: 4px; padding: 3px 8px;
}
button { cursor: pointer; }
button[aria-pressed='true'] { background: var(--chosen); border-color: var(--focus); }
:focus-visible { outline: 2px solid var(--focus); outline-offset: 1px; }
#search { flex: 1 1 260px; min-width: 160px; }
#search[aria-invalid='true'] { border-color: var(--error); }
#why { max-height: 32vh; overflow: auto; padding: 4px 12px; border-top: 1px solid var(--line); }
#why summary { cursor: pointer; font-weight: 600; }
#why ol { margin: 4px 0; padding-left: 3ch; }
#why p { margin: 0 0 4px; }
#why .level { font: 12px ui-monospace, monospace; }
#why .error .level { color: var(--error); }
#why .warning .level { color: var(--event); }
#why .note .level { color: var(--dim); }
#timeline { display: block; width: 100%; height: 84px; border-block: 1px solid var(--line); background: var(--panel); cursor: crosshair; }
main { grid-row: 5; display: grid; grid-template-columns: minmax(0, 3fr) minmax(0, 2fr); min-height: 0; }
#list { overflow: auto; position: relative; font: 12px/22px ui-monospace, monospace; }
#rows { position: absolute; inset: 0 0 auto 0; }
.row { position: absolute; left: 0; right: 0; height: 22px; display: flex; gap: 10px; padding: 0 12px; white-space: pre; overflow: hidden; cursor: default; }
.row:hover { background: var(--panel); }
.row[aria-selected='true'] { background: var(--chosen); }
.row.marked { background: var(--mark); }
.row.pair { box-shadow: inset 3px 0 0 var(--focus); }
.row span { flex: none; overflow: hidden; text-overflow: ellipsis; }
.row .seq { width: 6ch; text-align: right; color: var(--dim); }
.row .time { width: 13ch; text-align: right; color: var(--dim); }
.row .arrow { width: 2ch; }
.row .took { width: 7ch; text-align: right; color: var(--dim); }
.row .name { width: 24ch; }
.row .text { flex: 1; min-width: 0; color: var(--dim); }
.command .name, .command .arrow { color: var(--command); }
.success .name, .success .arrow { color: var(--success); }
.error .name, .error .arrow { color: var(--error); }
.event .name, .event .arrow { color: var(--event); }
.greeting .name, .sync .name, .malformed .name, .partial .name { color: var(--other); }
#detail { overflow: auto; border-left: 1px solid var(--line); padding: 8px 12px; }
#detail dl { display: grid; grid-template-columns: max-content 1fr; gap: 2px 12px; margin: 0 0 8px; }
#detail dt { color: var(--dim); }
#detail dd { margin: 0; overflow-wrap: anywhere; }
a { color: var(--focus); }
.tree { padding-left: 2ch; font: 12px/1.5 ui-monospace, monospace; overflow-wrap: anywhere; white-space: pre-wrap; }
.tree .fold { border: 0; background: none; padding: 0; width: 2ch; margin-left: -2ch; color: var(--dim); text-align: left; }
.tree .in { padding-left: 2ch; }
.tree .key { color: var(--key); }
.tree .string { color: var(--string); }
.tree .number { color: var(--number); }
.panel {
  position: fixed; inset: 5vh 8vw; overflow: auto; background: var(--back); border: 1px solid var(--line); border-radius: 6px;
  padding: 12px 20px; box-shadow: 0 8px 40px rgb(0 0 0 / 35%); z-index: 1;
}
table { border-collapse: collapse; }
th, td { text-align: right; padding: 2px 14px 2px 0; font-variant-numeric: tabular-nums; }
th:first-child, td:first-child { text-align: left; font-family: ui-monospace, monospace; }
th { color: var(--dim); font-weight: normal; border-bottom: 1px solid var(--line); }
kbd { border: 1px solid var(--line); border-radius: 3px; padding: 0 5px; font: 12px ui-monospace, monospace; }
[hidden] { display: none !important; }
@media (max-width: 900px) { main { grid-template-columns: 1fr; grid-template-rows: 3fr 2fr; } #detail { border-left: 0; border-top: 1px solid var(--line); } }
@media print { body { display: block; } #timeline, .tools, #detail { display: none; } }
`;
