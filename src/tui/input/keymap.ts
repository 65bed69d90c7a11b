/**
 * Every key of the terminal UI. The bindings, the help page and the manual come from this table.
 */

/** Where a key works: in the list, in an opened message, or on a page over both (sessions, statistics, …). */
export type KeyPlace = 'list' | 'detail' | 'page';

export type Action = (typeof keymap)[number]['action'];

interface Binding {
  /** As `keyName` spells them; the first ones are shown. */
  readonly keys: readonly string[];
  readonly action: string;
  readonly places: readonly KeyPlace[];
  readonly help: string;
  /** Only with `--allow-send`. */
  readonly sends?: boolean;
}

const everywhere = ['list', 'detail', 'page'] as const;
const messages = ['list', 'detail'] as const;

export const keymap = [
  { keys: ['j', 'down'], action: 'down', places: everywhere, help: 'one down' },
  { keys: ['k', 'up'], action: 'up', places: everywhere, help: 'one up' },
  { keys: ['pagedown', 'C-f', 'space'], action: 'pageDown', places: everywhere, help: 'a page down' },
  { keys: ['pageup', 'C-b'], action: 'pageUp', places: everywhere, help: 'a page up' },
  { keys: ['g', 'home'], action: 'first', places: everywhere, help: 'to the first' },
  { keys: ['G', 'end'], action: 'last', places: everywhere, help: 'to the last' },
  { keys: ['#'], action: 'goTo', places: messages, help: 'go to a message by its number, or to a time' },
  { keys: ['enter'], action: 'open', places: everywhere, help: 'open the message, the branch, the entry' },
  { keys: ['escape', 'q'], action: 'back', places: everywhere, help: 'back; in the list, drop the filter' },
  { keys: ['tab'], action: 'nextPane', places: messages, help: 'to the next pane' },
  { keys: ['['], action: 'toCommand', places: messages, help: 'to the command of this response' },
  { keys: [']'], action: 'toResponse', places: messages, help: 'to the response to this command' },
  { keys: ['/'], action: 'filter', places: ['list', 'page'], help: 'filter the messages' },
  { keys: ['/'], action: 'search', places: ['detail'], help: 'search in the message' },
  { keys: ['n'], action: 'next', places: messages, help: 'next match of the filter, or of the search' },
  { keys: ['N'], action: 'previous', places: messages, help: 'previous match' },
  { keys: ['F'], action: 'follow', places: messages, help: 'follow a recording that grows' },
  { keys: ['p'], action: 'pause', places: messages, help: 'pause the view (never the recording)' },
  { keys: ['z', 'right', 'left'], action: 'fold', places: ['detail'], help: 'fold or unfold' },
  { keys: ['x'], action: 'raw', places: ['detail'], help: 'tree, raw text, bytes in hexadecimal' },
  { keys: ['t'], action: 'time', places: messages, help: "time since the session's start, or of day" },
  { keys: ['m'], action: 'mark', places: messages, help: 'mark the message, or take the mark off' },
  { keys: [';'], action: 'note', places: messages, help: 'write a note on the message' },
  { keys: ["'"], action: 'nextMark', places: messages, help: 'to the next mark or note' },
  { keys: ['y'], action: 'copy', places: messages, help: 'copy the message or the branch (OSC 52)' },
  { keys: ['e'], action: 'export', places: messages, help: 'export what is shown to a file' },
  { keys: [':'], action: 'send', places: messages, help: 'send a command (with --allow-send)', sends: true },
  { keys: ['P'], action: 'pending', places: everywhere, help: 'who holds the monitor: unanswered commands' },
  { keys: ['v'], action: 'state', places: messages, help: 'what was known of the VM after each message' },
  { keys: ['>', '<'], action: 'scrollState', places: messages, help: 'scroll that' },
  { keys: ['W'], action: 'why', places: everywhere, help: 'why: what went wrong, what never ended' },
  { keys: ['s'], action: 'sessions', places: everywhere, help: 'sessions' },
  { keys: ['S'], action: 'statistics', places: everywhere, help: 'statistics of what is shown' },
  { keys: ['?'], action: 'help', places: everywhere, help: 'all keys' },
  { keys: ['Q', 'C-c'], action: 'quit', places: everywhere, help: 'quit (never the recording)' },
] as const satisfies readonly Binding[];

/** What a key does in a place. */
export function actionOf(key: string, place: KeyPlace): Action | undefined {
  return keymap.find(({ keys, places }: Binding) => keys.includes(key) && places.includes(place))?.action;
}

/** A key event's name: the character itself, or blessed's name of the key. */
export function keyName(character: string | undefined, full: string): string {
  if (character === ' ') return 'space';
  return character !== undefined && character.length === 1 && character > ' ' && character !== '\u007f'
    ? character
    : full;
}

/** The keys as people write them, and what they do: one pair for each line of the help. */
export function keyHelp(sends: boolean): readonly { readonly keys: string; readonly help: string }[] {
  const bindings: readonly Binding[] = keymap;
  return bindings
    .filter((binding) => sends || binding.sends !== true)
    .map(({ keys, help, places }) => {
      const where = places.length === 1 && places[0] === 'detail' ? ' (in a message)' : '';
      return { keys: keys.map((key) => names[key] ?? key).join(' '), help: help + where };
    });
}

const names: Readonly<Record<string, string>> = {
  up: 'Up',
  down: 'Down',
  left: 'Left',
  right: 'Right',
  pageup: 'PgUp',
  pagedown: 'PgDn',
  'C-f': 'Ctrl-F',
  'C-b': 'Ctrl-B',
  'C-c': 'Ctrl-C',
  space: 'Space',
  home: 'Home',
  end: 'End',
  enter: 'Enter',
  escape: 'Esc',
  tab: 'Tab',
};
