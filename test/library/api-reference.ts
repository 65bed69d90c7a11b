/** The reference of the library, docs/api/README.md, made of `src/index.ts` and the comments of what it exports. */
import { format, resolveConfig } from 'prettier';
import { type Export, Surface } from './surface.js';

export const referencePath = 'docs/api/README.md';

const introduction = `# Reference of the library

Everything that \`import … from 'qmptap'\` gives, in the order of what it is for. How it is used is in
[library.md](../library.md). Made by \`npm run reference\` of the sources' own comments.
`;

/** The reference as it should be. */
export async function apiReference(): Promise<string> {
  const surface = new Surface('src/index.ts');
  const chapters = surface.chapters.map(({ title, about, exports }) => {
    const names = exports.map(({ name }) => `[\`${name}\`](#${name.toLowerCase()})`).join(' · ');
    const entries = exports.map((one) => entry(surface, one));
    return [`## ${title}`, capital(about), names, ...entries].join('\n\n');
  });
  const text = [introduction, ...chapters].join('\n\n');
  return format(text, { ...(await resolveConfig(referencePath)), filepath: referencePath });
}

function entry(surface: Surface, one: Export): string {
  const { text, tags } = surface.comment(one);
  const throws = tags('throws').map((each) => `**Throws** ${paragraph(each)}`);
  const examples = tags('example').map((each) => code('js', each));
  return [`### ${one.name}`, code('ts', surface.text(one)), paragraph(text), ...throws, ...examples].join(
    '\n\n',
  );
}

const code = (language: string, text: string): string => `\`\`\`${language}\n${text}\n\`\`\``;

/** Without the line breaks of a comment, so that prettier sets them anew. */
const paragraph = (text: string): string => text.replace(/\n(?!\n| *[-*])/g, ' ');

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
