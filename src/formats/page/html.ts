/**
 * One page for a bug report: the recording as JSON lines, and a script that shows them. Nothing comes from
 * elsewhere, and nothing in a message can become more than text: the page's own policy allows this one
 * script and this one style by their hashes, and the data cannot end the element that they lie in.
 */
import { type ExportInput, withSessions } from '../export.js';
import { recordingLine } from '../jsonl/jsonl.js';
import { entryLines } from '../jsonl/jsonl-export.js';
import { detail } from './detail.js';
import { list } from './list.js';
import { main } from './main.js';
import { markup, style } from './markup.js';
import { model } from './model.js';
import { timeline } from './timeline.js';
import { why } from './why.js';

/** The page's script. */
export const pageScript = `'use strict';\n(() => {${[model, detail, list, timeline, why, main].join('')}})();\n`;

/** The page. Its JSON lines can be imported again. */
export function* exportHtml(input: ExportInput): Iterable<string> {
  const policy = [
    "default-src 'none'",
    `script-src 'sha256-${input.sha256(pageScript)}'`,
    `style-src 'sha256-${input.sha256(style)}'`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  yield `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>qmptap</title>
<style>${style}</style>
</head>
<body>${markup}<noscript><p>This page shows its recording with a script of its own, which is switched off.</p></noscript>
<script id="recording" type="application/json">
`;
  yield inScript(recordingLine(input.info));
  for (const entry of withSessions(input)) {
    yield inScript(entryLines(entry));
  }
  const findings = inScript(JSON.stringify(input.findings ?? []));
  yield `</script>\n<script id="findings" type="application/json">${findings}</script>\n<script>${pageScript}</script>\n</body>\n</html>\n`;
}

/** JSON in which no `<` is left to begin a tag or a comment. */
function inScript(line: string): string {
  return line.replaceAll('<', '\\u003c');
}
