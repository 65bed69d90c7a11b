/** Messages about the files of a recorder that is left on. */
import type { RecordedFile, SeriesEvent } from '../../launch/record/recording-series.js';

/** What to tell the user of a file, in one line. */
export function fileNews(event: SeriesEvent): string {
  switch (event.type) {
    case 'file-begun':
      return `new sessions go to ${event.path}`;
    case 'file-finished':
      return `${event.messages ?? 'the'} messages: ${event.path}`;
    case 'file-removed':
      return `${event.path}: removed, as the oldest of too many`;
    case 'trouble':
      return event.text;
  }
}

/** The same in a UI, which goes on to show the file that it was opened on. */
export function nextFileInUi(path: string): string {
  return `new sessions go to ${path}; to see them, quit (Q) and type: qmptap ui ${path}`;
}

/** All files of a recorder, for the end. */
export function namesOf(files: readonly RecordedFile[]): string {
  const paths = files.map(({ path }) => path);
  if (paths.length <= 10) return paths.join(', ');
  return `${paths.length} files, ${paths[0] ?? ''} to ${paths.at(-1) ?? ''}`;
}
