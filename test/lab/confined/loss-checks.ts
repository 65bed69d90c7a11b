/** Ways in which a recorder could lose a VM, each tried; way 1 is with the attach, 2 with the store, 8 at the end. */
import { type Check, expectThat, succeeds } from './checks.js';
import { allLive, destroyVm, startVm } from './service-checks.js';
import { isRecorded, mainProcess, serviceRuns } from './vms.js';

export const lossChecks: readonly Check[] = [
  {
    name: 'way 3: killed between the exchange and the connection of libvirtd',
    run: async (guest) => {
      const hook = '/etc/libvirt/hooks/qemu.d/zz-kill'; // after ours
      await succeeds(
        guest,
        `printf '#!/bin/sh\\n[ "$1 $2 $3" = "db1 start begin" ] && { systemctl kill -s KILL --kill-who=main qmptap-host.service; echo killed > /run/zz-kill; }\\nexit 0\\n' > ${hook} && chmod 755 ${hook}`,
      );
      const pid = await succeeds(guest, mainProcess);
      await startVm(guest, 'db1');
      await succeeds(guest, `rm ${hook}`);
      await serviceRuns(guest, pid);
      await isRecorded(guest, 'db1');
      return 'it starts, and is recorded';
    },
  },
  {
    name: 'way 4: a service that hangs keeps no VM from starting, and harms none',
    run: async (guest) => {
      await destroyVm(guest, 'db1');
      const pid = await succeeds(guest, mainProcess);
      await succeeds(guest, `kill -STOP ${pid}`);
      await startVm(guest, 'db1');
      const { code } = await guest.run(
        `timeout 5 virsh -q qemu-monitor-command web1 '{"execute":"query-status"}'`,
      );
      expectThat(code !== 0, 'a command was answered while the service hung');
      await succeeds(guest, 'timeout 60 virsh -q list > /dev/null');
      await succeeds(guest, `kill -CONT ${pid}`);
      await allLive(guest);
      return 'its commands wait, and go on';
    },
  },
  {
    name: 'ways 5 and 6: killed while libvirtd connects, four times, and down while it restarts',
    run: async (guest) => {
      for (let delay = 1; delay <= 4; delay += 1) {
        const pid = await succeeds(guest, mainProcess);
        await succeeds(
          guest,
          `systemctl restart libvirtd & sleep 0.$(( ${String(delay)} * 2 )); kill -9 ${pid}; wait`,
        );
        await serviceRuns(guest, pid);
        await allLive(guest);
      }
      const node = '/usr/bin/node';
      const pid = await succeeds(guest, mainProcess);
      await succeeds(
        guest,
        `mv ${node} ${node}.away; kill -9 ${pid}; timeout 100 systemctl restart libvirtd; mv ${node}.away ${node}`,
      );
      await serviceRuns(guest, pid);
      await allLive(guest);
      await isRecorded(guest, 'web1');
      return '';
    },
  },
  {
    name: 'way 7: sockets that a crash of the machine has left are not taken',
    run: async (guest) => {
      const folder = '/var/lib/libvirt/qemu/domain-99-ghost';
      // It is dead before it comes there: a host takes one that lives.
      const bind = 'import socket; socket.socket(socket.AF_UNIX).bind("/var/lib/libvirt/ghost")';
      await succeeds(
        guest,
        `python3 -c '${bind}' && mkdir ${folder} && mv /var/lib/libvirt/ghost ${folder}/monitor.sock && stat -c %i ${folder}/monitor.sock > /run/ghost`,
      );
      const pid = await succeeds(guest, mainProcess);
      await succeeds(guest, `kill -9 ${pid}`); // it looks at everything when it starts
      await serviceRuns(guest, pid);
      const seen = await succeeds(
        guest,
        `ls -A ${folder}; [ $(stat -c %i ${folder}/monitor.sock) = $(cat /run/ghost) ]`,
      );
      expectThat(seen === 'monitor.sock', `it has ${seen}`);
      await succeeds(guest, `rm -r ${folder}`);
      return '';
    },
  },
];
