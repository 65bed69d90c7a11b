/** The keys of `top`: what they do and what the help says come from this table. */

export const topKeys = [
  { keys: ['j', 'down'], action: 'down', help: 'one down' },
  { keys: ['k', 'up'], action: 'up', help: 'one up' },
  { keys: ['pagedown', 'C-f', 'space'], action: 'pageDown', help: 'a page down' },
  { keys: ['pageup', 'C-b'], action: 'pageUp', help: 'a page up' },
  { keys: ['g', 'home'], action: 'first', help: 'to the first' },
  { keys: ['G', 'end'], action: 'last', help: 'to the last' },
  { keys: ['enter'], action: 'open', help: 'open the recording' },
  { keys: ['>', 'right'], action: 'sortNext', help: 'sort by the next column' },
  { keys: ['<', 'left'], action: 'sortPrevious', help: 'sort by the column before' },
  { keys: ['/'], action: 'filter', help: 'only VMs whose name has this text' },
  { keys: ['escape'], action: 'all', help: 'all VMs again' },
  { keys: ['q', 'Q', 'C-c'], action: 'quit', help: 'quit' },
] as const;

export type TopAction = (typeof topKeys)[number]['action'];

export function topActionOf(key: string): TopAction | undefined {
  return topKeys.find(({ keys }) => (keys as readonly string[]).includes(key))?.action;
}
