/**
 * libvirt's log filters (`2:qemu.qemu_monitor`) and outputs (`3:file:/var/log/libvirt/libvirtd.log`) as words: ours
 * added to those that are set, and just ours taken out again.
 */

/** What is logged, and where to; each as `virt-admin` shows it. */
export interface LogSettings {
  readonly filters: readonly string[];
  readonly outputs: readonly string[];
}

/** The words of a list, as libvirt separates them. */
export function wordsOf(list: string): string[] {
  return list.split(/\s+/).filter((word) => word !== '');
}

/** libvirt takes the first filter that fits, so ours come first. */
export function withOurs(set: LogSettings, ours: LogSettings): LogSettings {
  return {
    filters: [...ours.filters, ...set.filters],
    outputs: [...set.outputs, ...ours.outputs],
  };
}

/** What is left without one of each of ours. */
export function withoutOurs(set: LogSettings, ours: LogSettings): LogSettings {
  return {
    filters: remaining(set.filters, ours.filters),
    outputs: remaining(set.outputs, ours.outputs),
  };
}

export function isSameSettings(one: LogSettings, other: LogSettings): boolean {
  return (
    one.filters.join(' ') === other.filters.join(' ') && one.outputs.join(' ') === other.outputs.join(' ')
  );
}

/** A filter that was shown, as it is set: libvirt puts a `*` at each end of what it is given, and shows that. */
export function filterToSet(shown: string): string {
  return shown.replace(/^(\d:)\*(.*)\*$/, '$1$2');
}

function remaining(words: readonly string[], ours: readonly string[]): string[] {
  const left = [...words];
  for (const own of ours) {
    const at = left.findIndex((word) => word === own || filterToSet(word) === own);
    if (at >= 0) left.splice(at, 1);
  }
  return left;
}
