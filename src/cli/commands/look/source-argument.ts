/** How the help of every command that reads recordings names them, so that all say the same. */

/** The first source. */
export const sourceHelp = 'a recording, finished or still being written, or a folder of them';

/** What follows it, where there is a filter. */
export const moreHelp =
  'more recordings and folders; anything else is the filter, such as `cmd:block* dur>50ms`';

/** What several recordings are. */
export const mergedHelp = `Several recordings, and those of a folder, are read as one, merged by wall clock. Sessions are numbered through, and
each has its label or else its file's name beside it.`;

/** The same, for what prints and ends. */
export const severalHelp = `${mergedHelp} Files that cannot be read are named and left out, and the
command ends with 1.`;
