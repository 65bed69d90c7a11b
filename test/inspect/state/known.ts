/** What is known after a conversation, in short: `node disk driver` → `qcow2 implied #3`. */
import type { Contradiction } from '../../../src/inspect/state/change.js';
import { shown } from '../../../src/inspect/state/state-text.js';
import { stateValues } from '../../../src/inspect/state/state-values.js';
import { collectContradictions, StateTimeline } from '../../../src/inspect/state/timeline.js';
import { MemoryRecording } from '../../../src/recording/memory.js';
import { type Line, played } from '../../support/conversation.js';

/** Of lines, or of a recording; after its last message if not said otherwise. */
export function known(
  of: MemoryRecording | readonly (Line | readonly Line[])[],
  index?: number,
): Readonly<Record<string, string>> {
  const recording = of instanceof MemoryRecording ? of : played(flat(of));
  const found = new StateTimeline(recording).at(index ?? recording.count());
  return Object.fromEntries(
    found.flatMap((state) =>
      [...stateValues(state)].map(({ area, name, attribute, value, standing, by }) => [
        [area, name, attribute].filter(Boolean).join(' '),
        `${shown(value)} ${standing} #${by.seq}`,
      ]),
    ),
  );
}

/** The contradictions of lines, in short: `job a status`. */
export function contradicted(...lines: readonly (Line | readonly Line[])[]): readonly string[] {
  return collectContradictions(played(flat(lines))).map(essence);
}

function essence({ area, name, attribute, at, impliedBy }: Contradiction): string {
  return `${[area, name, attribute].filter(Boolean).join(' ')} #${impliedBy.seq} #${at.seq}`;
}

function flat(lines: readonly (Line | readonly Line[])[]): Line[] {
  return lines.flatMap((line) => (typeof line[0] === 'string' ? [line as Line] : (line as readonly Line[])));
}

export const event = (name: string, data: object = {}): Line => ['<-', { event: name, data }];

/** A node as `query-named-block-nodes` tells of it. */
export const nodeInfo = (node: string, more: object = {}): object => ({
  'node-name': node,
  drv: 'qcow2',
  file: `/${node}`,
  ro: false,
  image: { 'virtual-size': 1024 },
  write_threshold: 0,
  ...more,
});
