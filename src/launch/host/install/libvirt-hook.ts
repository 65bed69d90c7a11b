/**
 * The hook that libvirt calls, and waits for, before it starts a VM: it gives the host the moment that it needs to
 * take the path of the monitor. A shell alone, as libvirt's confinement lets it run little else.
 */
import { quoted } from '../../../text/command-line.js';
import { controlSocket, decisionsFolder } from '../control.js';

/** The hook's name, in libvirt's folder of hooks. */
export const hookName = 'qmptap';

/** How often it looks, and for how long at most. */
const looks = 40;
const pauseSeconds = 0.02;

/** The hook as a text. It never stops a start: it always ends with 0, after a second at most. */
export function libvirtHook(recordings: string): string {
  return `#!/bin/sh
# Written by \`qmptap host install\`; \`qmptap host uninstall\` removes it.
# Called as: qmptap NAME OPERATION SUB-OPERATION EXTRA, with the domain on standard input.
[ "$2 $3" = "start begin" ] || { cat > /dev/null; exit 0; }
id=$(sed -n "s/^<domain .*id='\\([0-9]*\\)'.*/\\1/p" | head -n 1)
[ -n "$id" ] && [ -S ${quoted(controlSocket(recordings))} ] || exit 0
left=${looks}
while [ $left -gt 0 ]; do
  for decided in ${quoted(decisionsFolder(recordings))}/domain-"$id"-*; do
    [ -e "$decided" ] && exit 0
  done
  left=$((left - 1))
  sleep ${pauseSeconds}
done
exit 0
`;
}
