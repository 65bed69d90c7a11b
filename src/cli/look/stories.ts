/** What `qmptap stories` does: finds the stories of a recording and prints them. */
import { collectStories } from '../../inspect/stories/stories.js';
import { storiesSummary, storyJson, type StoryLine, storyText } from '../../inspect/stories/stories-text.js';
import { chosenSession } from '../../recording/chosen-session.js';
import { openSource } from '../files/source.js';
import { cut } from '../output/cut.js';
import { jsonLine, Lines, type Style, styled, terminalWidth } from '../output/output.js';

const styles: Readonly<Record<StoryLine['style'], Style>> = {
  success: 'green',
  failure: 'red',
  cancelled: 'yellow',
  unfinished: 'magenta',
  detail: 'dim',
};

/**
 * Prints them, and gives the exit code.
 * @throws RecordingError
 */
export function stories(paths: readonly string[], session: number | undefined, json: boolean): number {
  using source = openSource(paths);
  const { reader } = source;
  if (session !== undefined) chosenSession(reader, session);
  const found = collectStories(reader, session);
  const lines = new Lines();
  for (const story of found) {
    if (json) {
      lines.write(jsonLine(storyJson(story)));
      continue;
    }
    for (const { style, text } of storyText(story)) {
      lines.write(`${styled(styles[style], cut(text, terminalWidth()))}\n`);
    }
    lines.write('\n');
  }
  if (!json) lines.write(`${storiesSummary(found)}\n`);
  lines.flush();
  return source.exitCode;
}
