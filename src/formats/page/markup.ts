/** The page's skeleton: what is there before the script has read the recording. */
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
