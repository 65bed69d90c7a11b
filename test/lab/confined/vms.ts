/** The VMs of a guest: what each check wants to know of them. */
import { eventually, expectThat, succeeds } from './checks.js';
import type { Machine } from './machine.js';

/** Where the service records. */
export const recordings = '/var/lib/qmptap';

export async function define(guest: Machine, name: string): Promise<void> {
  await succeeds(
    guest,
    `sh /usr/local/lib/confined/domain.sh ${name} > ${name}.xml && virsh -q define ${name}.xml`,
  );
}

/** Its guest runs no instruction: what is tested is QEMU. */
export async function start(guest: Machine, name: string): Promise<void> {
  await succeeds(guest, `virsh -q start --paused ${name}`);
}

/** QEMU's process. */
export async function processOf(guest: Machine, name: string): Promise<string> {
  return succeeds(guest, `cat /run/libvirt/qemu/${name}.pid`);
}

/** The VM is the same as before, and its monitor answers to libvirt. @throws Failed */
export async function lives(guest: Machine, name: string, pid: string): Promise<void> {
  await succeeds(guest, `timeout 120 virsh -q qemu-monitor-command ${name} '{"execute":"query-status"}'`);
  const now = await processOf(guest, name);
  expectThat(now === pid, `${name} was lost: its QEMU is ${now}, and was ${pid}`);
}

/** How often this text is in what is recorded of a VM: in rows or in a journal. Much cheaper there than to start Node. */
export async function recorded(guest: Machine, name: string, text: string): Promise<number> {
  const { output } = await guest.run(
    `cd ${recordings} && find . -name '*-${name}.qmptap*' -o -name '*-${name}-[0-9].qmptap*' | xargs -r grep -aohF '${text}' | wc -l`,
  );
  return Number(output.trim());
}

/** Asks something that nobody else asks, and waits until it is in the VM's recordings. @throws Failed */
export async function isRecorded(guest: Machine, name: string): Promise<void> {
  const before = await recorded(guest, name, '"query-uuid"');
  await succeeds(guest, `timeout 120 virsh -q qemu-monitor-command ${name} '{"execute":"query-uuid"}'`);
  for (let tries = 0; tries < 50; tries += 1)
    if ((await recorded(guest, name, '"query-uuid"')) > before) return;
  expectThat(false, `what libvirt asks ${name} is not recorded`);
}

/** The service's main process. */
export const mainProcess = 'systemctl show -p MainPID --value qmptap-host.service';

/** The service runs, as another process than this one if one is named. @throws Failed */
export async function serviceRuns(guest: Machine, otherThan = '0'): Promise<void> {
  // The process first: just after a kill systemd still calls it active.
  await eventually(
    guest,
    `pid=$(${mainProcess}); [ "$pid" != 0 ] && [ "$pid" != ${otherThan} ] && [ "$(systemctl is-active qmptap-host.service)" = active ] && [ "$(${mainProcess})" = "$pid" ]`,
  );
}
