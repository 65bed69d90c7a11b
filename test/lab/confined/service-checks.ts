/** A host as a service of the real systemd: installed as its page says, killed, restarted, upgraded, and ended. */
import { type Check, eventually, expectThat, succeeds } from './checks.js';
import { documented } from './documented.js';
import type { Machine } from './machine.js';
import {
  define,
  isRecorded,
  lives,
  mainProcess,
  processOf,
  recorded,
  recordings,
  serviceRuns,
  start,
} from './vms.js';

const page = 'docs/host.md';

/** Of all VMs that are not to be lost, with their processes. */
const running = new Map<string, string>();

/** Every VM is the one that was started, and answers. @throws Failed */
export async function allLive(guest: Machine): Promise<void> {
  for (const [name, pid] of running) await lives(guest, name, pid);
}

export async function startVm(guest: Machine, name: string): Promise<void> {
  await start(guest, name);
  running.set(name, await processOf(guest, name));
}

export async function destroyVm(guest: Machine, name: string): Promise<void> {
  running.delete(name);
  await succeeds(guest, `virsh -q destroy ${name}`);
}

/** A kill that systemd answers with another process. */
async function kill(guest: Machine): Promise<void> {
  const pid = await succeeds(guest, mainProcess);
  await succeeds(guest, `kill -9 ${pid}`);
  await serviceRuns(guest, pid);
}

export const installChecks: readonly Check[] = [
  {
    name: `${page}: installed, enabled and started as written, with a VM that runs`,
    run: async (guest) => {
      for (const name of ['web1', 'web2', 'db1']) await define(guest, name);
      await startVm(guest, 'web1');
      for (const command of documented(page, 'sudo systemctl enable --now qmptap-host.service'))
        await succeeds(guest, command);
      await serviceRuns(guest);
      await allLive(guest);
      return succeeds(guest, 'systemctl show -p ActiveState,SubState --value qmptap-host.service | xargs');
    },
  },
  {
    name: 'the VM that ran is recorded since libvirtd was restarted',
    run: async (guest) => {
      await isRecorded(guest, 'web1');
      return `${String(await recorded(guest, 'web1', '"execute"'))} commands`;
    },
  },
  {
    name: 'a VM that starts is recorded from its first byte, with the hook',
    run: async (guest) => {
      await startVm(guest, 'web2');
      await isRecorded(guest, 'web2');
      const [greetings, negotiations] = [
        await recorded(guest, 'web2', '{"QMP"'),
        await recorded(guest, 'web2', '"qmp_capabilities"'),
      ];
      expectThat(
        greetings >= 1 && negotiations >= 1,
        `${String(greetings)} greetings, ${String(negotiations)} negotiations`,
      );
      const late = await guest.run('journalctl -b -u qmptap-host --no-pager | grep "not recorded"');
      expectThat(late.code === 1, late.output);
      return `${String(await recorded(guest, 'web2', '"execute"'))} commands`;
    },
  },
  {
    name: 'save and restore, with descriptors',
    run: async (guest) => {
      running.delete('web2');
      await succeeds(guest, 'virsh -q save web2 web2.saved');
      await succeeds(guest, 'virsh -q restore --paused web2.saved');
      running.set('web2', await processOf(guest, 'web2'));
      const shown = `for file in ${recordings}/*-web2*.qmptap; do qmptap show "$file" 'fds>0'; done`;
      const passed = (await succeeds(guest, shown)).match(/getfd|add-fd/g)?.length ?? 0;
      expectThat(passed > 0, 'no message with a descriptor is recorded');
      return `${String(passed)} messages with descriptors`;
    },
  },
];

export const storeChecks: readonly Check[] = [
  {
    name: 'kill -9 of the service: systemd gives the sockets back',
    run: async (guest) => {
      await kill(guest);
      await allLive(guest);
      await isRecorded(guest, 'web1');
      return succeeds(guest, 'systemctl show -p NFileDescriptorStore,NRestarts qmptap-host.service | xargs');
    },
  },
  {
    name: 'kill -9 fifteen times under commands: no VM is lost, the unit does not fail',
    run: async (guest) => {
      await succeeds(
        guest,
        `(while [ ! -e stop ]; do virsh -q qemu-monitor-command web1 '{"execute":"query-status"}' || echo failed >> failures; done) > /dev/null 2>&1 &
        asker=$!
        for i in $(seq 15); do
          pid=$(${mainProcess}); [ "$pid" = 0 ] || kill -9 "$pid" 2> /dev/null
          sleep 0.$((RANDOM % 9 + 1))
        done
        touch stop; timeout 300 tail --pid=$asker -f /dev/null; rm stop`,
      );
      await serviceRuns(guest);
      await allLive(guest);
      await isRecorded(guest, 'web1');
      return succeeds(guest, 'echo "$(cat failures 2> /dev/null | wc -l) commands of libvirt failed"');
    },
  },
  {
    name: 'systemctl stop and restart are refused',
    run: async (guest) => {
      const said: string[] = [];
      for (const verb of ['stop', 'restart', 'try-restart']) {
        const { code, output } = await guest.run(`systemctl ${verb} qmptap-host.service`);
        expectThat(code !== 0, `systemctl ${verb} was not refused`);
        said.push(output.trim());
      }
      await serviceRuns(guest);
      await allLive(guest);
      return said[0]?.split('\n')[0] ?? '';
    },
  },
  {
    name: 'daemon-reload and daemon-reexec of systemd',
    run: async (guest) => {
      await succeeds(guest, 'systemctl daemon-reload && systemctl daemon-reexec');
      await kill(guest);
      await allLive(guest);
      return '';
    },
  },
  {
    name: `${page}: upgraded as written, with the package away for a while`,
    run: async (guest) => {
      const pid = await succeeds(guest, mainProcess);
      const modules = '/usr/lib/node_modules';
      await succeeds(guest, `mv ${modules}/qmptap ${modules}/qmptap.old`);
      for (const command of documented(
        page,
        'sudo systemctl kill -s TERM --kill-who=main qmptap-host.service',
      ))
        await succeeds(guest, command);
      await eventually(guest, `[ "$(systemctl show -p NRestarts --value qmptap-host)" -gt 18 ]`);
      await succeeds(guest, `cp -a ${modules}/qmptap.old ${modules}/qmptap && rm -r ${modules}/qmptap.old`);
      await serviceRuns(guest, pid);
      await allLive(guest);
      await isRecorded(guest, 'web2');
      return '';
    },
  },
];

export const endChecks: readonly Check[] = [
  {
    name: `way 8 and ${page}: ended as written: left, libvirtd restarted, uninstalled`,
    run: async (guest) => {
      for (const command of documented(page, 'sudo qmptap host uninstall')) {
        await succeeds(guest, command);
        await allLive(guest);
      }
      const left = await succeeds(
        guest,
        'find /etc/systemd/system /etc/libvirt/hooks /var/lib/libvirt /run/libvirt -name "*qmptap*"; systemctl list-units --all --no-legend "qmptap*"; pgrep -af "[q]mptap host"; true',
      );
      expectThat(left === '', `left over: ${left}`);
      return '';
    },
  },
];

/** What systemd thinks of how the service is locked up. */
export const exposure: Check = {
  name: 'systemd-analyze security',
  run: async (guest) => {
    const text = await succeeds(guest, 'systemd-analyze security --no-pager qmptap-host.service');
    const level = /Overall exposure level.*?: ([\d.]+)/.exec(text)?.[1] ?? '';
    // What it still may, and how much that counts.
    const open = text.split('\n').filter((line) => /^[-✗] /.test(line));
    process.stdout.write(open.map((line) => `      ${line.replaceAll(/ {2,}/g, '  ').trim()}\n`).join(''));
    expectThat(Number(level) > 0 && Number(level) < 3, `its exposure is ${level}`);
    return `exposure ${level} of 10`;
  },
};
