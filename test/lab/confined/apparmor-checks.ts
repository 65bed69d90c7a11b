import { attachChecks } from './attach-checks.js';
import { type Check, expectThat, succeeds } from './checks.js';
import { knowDenials, nothingElseDenied } from './denials.js';
import { lossChecks } from './loss-checks.js';
import { endChecks, exposure, installChecks, storeChecks } from './service-checks.js';
import { define, start } from './vms.js';

export const denied: Check = { name: 'nothing was denied', run: nothingElseDenied };

const controlChecks: readonly Check[] = [
  {
    name: 'AppArmor confines libvirtd and its VMs',
    run: async (guest) => {
      const confined = await succeeds(
        guest,
        'cat /proc/$(systemctl show -p MainPID --value libvirtd)/attr/current',
      );
      expectThat(confined === 'libvirtd (enforce)', confined);
      await define(guest, 'control');
      await start(guest, 'control');
      const vm = await succeeds(guest, 'cat /proc/$(cat /run/libvirt/qemu/control.pid)/attr/current');
      expectThat(/^libvirt-[0-9a-f-]+ \(enforce\)$/.test(vm), vm);
      return `${confined}, ${vm}`;
    },
  },
  {
    name: 'what Debian denies itself, without qmptap; and a denial is seen',
    run: async (guest) => {
      await succeeds(
        guest,
        `systemctl restart libvirtd && virsh -q qemu-monitor-command control '{"execute":"query-status"}' && virsh -q save control control.saved && virsh -q restore --paused control.saved && virsh -q destroy control && virsh -q undefine control`,
      );
      const { code } = await guest.run('aa-exec -p virt-aa-helper -- cat /etc/shadow');
      expectThat(code !== 0, 'virt-aa-helper may read /etc/shadow');
      await succeeds(guest, 'grep -q "apparmor=\\"DENIED\\".*/etc/shadow" /var/log/audit/audit.log');
      return knowDenials(guest);
    },
  },
];

export const apparmorGroups = {
  control: controlChecks,
  install: [...installChecks, exposure],
  store: storeChecks,
  loss: lossChecks,
  end: [...endChecks, denied],
  attach: [...attachChecks, denied],
};
