/** A host as a service where SELinux enforces Debian's policy, and libvirt labels its VMs. */
import { type Check, expectThat, succeeds } from './checks.js';
import { knowDenials, nothingElseDenied } from './denials.js';
import { documented } from './documented.js';
import { endChecks, installChecks, storeChecks } from './service-checks.js';
import { define, start } from './vms.js';

const page = 'docs/host.md';

const controlChecks: readonly Check[] = [
  {
    name: 'SELinux enforces, libvirtd and its VMs are confined',
    run: async (guest) => {
      const mode = await succeeds(guest, 'getenforce');
      expectThat(mode === 'Enforcing', mode);
      await define(guest, 'control');
      await start(guest, 'control');
      const label = (of: string): Promise<string> =>
        succeeds(guest, `tr -d '\\0' < /proc/$(${of})/attr/current`);
      const daemon = await label('systemctl show -p MainPID --value libvirtd');
      const vm = await label('cat /run/libvirt/qemu/control.pid');
      expectThat(daemon.includes(':virtd_t:') && vm.includes(':svirt_t:'), `${daemon}, ${vm}`);
      return `${daemon}, ${vm}`;
    },
  },
  {
    name: 'what the policy denies itself, without qmptap; and a denial is seen',
    run: async (guest) => {
      await succeeds(
        guest,
        `systemctl restart libvirtd && virsh -q qemu-monitor-command control '{"execute":"query-status"}' && virsh -q save control control.saved && virsh -q restore --paused control.saved && virsh -q destroy control && virsh -q undefine control`,
      );
      await guest.run('runcon -t svirt_t -l s0:c1,c2 -- cat /etc/shadow');
      await succeeds(guest, 'grep -q "avc: *denied" /var/log/audit/audit.log');
      return knowDenials(guest);
    },
  },
  {
    name: `${page}: the rule is loaded as written`,
    run: async (guest) => {
      for (const command of documented(page, 'sudo semodule -i qmptap.cil')) await succeeds(guest, command);
      return succeeds(guest, 'semodule -l | grep qmptap');
    },
  },
];

export const selinuxGroups = {
  control: controlChecks,
  install: installChecks,
  store: storeChecks.slice(0, 2),
  end: [...endChecks, { name: 'nothing was denied', run: nothingElseDenied }],
};
