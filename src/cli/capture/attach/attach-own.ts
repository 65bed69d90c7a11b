/** What `qmptap attach --own-monitor` does: has QEMU make a second monitor, records it, and has it taken away. */
import { dirname, join } from 'node:path';
import { escapeText } from '../../../inspect/format.js';
import { UsageError } from '../../../errors.js';
import { findDomain } from '../../../launch/attach/libvirt-domain.js';
import { attachOwn } from '../../../launch/attach/own/attach-own.js';
import { ownId } from '../../../launch/attach/own/own-monitor.js';
import { virshMonitor } from '../../../launch/attach/own/virsh-monitor.js';
import type { Target } from '../../../launch/attach/target.js';
import type { Log } from '../../output/log.js';
import { supervise } from '../supervise.js';
import { type AttachFlags, checkOwnMonitorFlags } from './attach-flags.js';

/** Records until it is told to end. Gives the exit code. @throws UsageError, OutputError, ConnectError */
export async function attachOwnCommand({ libvirt }: Target, flags: AttachFlags, log: Log): Promise<number> {
  if (libvirt === undefined) {
    throw new UsageError({
      subject: '--own-monitor',
      reason: 'it is for a libvirt domain',
      remedy: 'leave it out; clients of other servers come and go',
    });
  }
  checkOwnMonitorFlags(flags);
  const { daemon } = libvirt;
  const domain = findDomain(daemon, libvirt.domain);
  // The one folder in which the VM's confinement lets QEMU make a socket.
  const there = join(dirname(domain.monitor), `${ownId()}.sock`);
  const here = daemon.root === '' ? there : join(`/proc/${domain.pid}/root`, there);
  const name = escapeText(domain.name);
  log.warn(
    `libvirt marks ${name} as tainted (custom-monitor) until it is shut off, since the monitor is made by virsh qemu-monitor-command`,
  );
  let failed = (): boolean => false;
  const code = await supervise(
    {
      flags,
      label: domain.name,
      aside: true,
      start: (options) =>
        attachOwn({
          ...options,
          monitor: virshMonitor(daemon.uri, domain),
          path: { there, here },
          pid: domain.pid,
          onRemoved: (left) => {
            if (left === undefined) {
              log.info(`the monitor of qmptap's own is gone from ${name}`);
              return;
            }
            failed = () => true;
            const byHand = left.commands.join('; ');
            log.error(
              escapeText(`the monitor of qmptap's own stays: ${left.error.message}; by hand: ${byHand}`),
            );
          },
        }),
      what: () => `recording events of ${name}, and what you send (--ui --allow-send)`,
    },
    log,
  );
  return code === 0 && failed() ? 1 : code;
}
