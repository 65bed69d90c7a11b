/** An attach to a VM that libvirt confines, as its page says; and way 1, of which it is the cause and the cure. */
import { type Check, eventually, expectThat, succeeds } from './checks.js';
import { documented } from './documented.js';
import type { Machine } from './machine.js';
import { allLive } from './service-checks.js';
import { isRecorded, serviceRuns } from './vms.js';

const page = 'docs/attach.md';
const folder = '/root/attached';
const socket = '$(echo /var/lib/libvirt/qemu/domain-*-web1/monitor.sock)';

/** Takes web1's path, and kills all that holds it, at once. */
async function strand(guest: Machine): Promise<void> {
  await succeeds(
    guest,
    `setsid -f qmptap attach ${socket} -o ${folder}/stranded.qmptap > /run/stranded 2>&1; for i in $(seq 600); do grep -q 'Ctrl-C ends' /run/stranded && break; sleep 0.2; done; cat /run/stranded`,
  );
  // Recorder and keepers: whatever has the VM's socket open or its name on the command line, but QEMU and libvirtd.
  await succeeds(guest, `kill -9 $(pgrep -f 'qmptap-keeper|qmptap attach')`);
  const { code } = await guest.run(
    `python3 -c 'import socket, sys; socket.socket(socket.AF_UNIX).connect(sys.argv[1])' ${socket}`,
  );
  expectThat(code !== 0, 'somebody listens on the path still');
}

export const attachChecks: readonly Check[] = [
  {
    name: `${page}: a VM that runs is attached to as written, in a terminal`,
    run: async (guest) => {
      await succeeds(guest, `mkdir -p ${folder}; virsh -q domstate web1 | grep -q paused`);
      const [command = ''] = documented(page, 'qmptap attach web1 --restart-daemon --ui');
      await succeeds(
        guest,
        `cd ${folder}; rm -f keys; mkfifo keys; (exec 4<> keys; setsid script -qec '${command}' said <&4 > /dev/null 2>&1; echo $? > code) & disown`,
      );
      await eventually(guest, `grep -aq query- ${folder}/said`, 300);
      await allLive(guest);
      await succeeds(guest, `virsh -q qemu-monitor-command web1 '{"execute":"query-uuid"}'`);
      await succeeds(guest, `printf Q > ${folder}/keys`);
      await eventually(guest, `grep -aq 'Ctrl-C ends' ${folder}/said`, 60);
      await succeeds(guest, `printf '\\003' > ${folder}/keys`);
      await eventually(guest, `[ -e ${folder}/code ]`, 300);
      await allLive(guest);
      const asked = await succeeds(guest, `qmptap show ${folder}/*.qmptap cmd:query-uuid | grep -c .`);
      expectThat(Number(asked) > 0, 'what libvirt asks is not recorded');
      const left = await succeeds(guest, 'find /var/lib/libvirt /run/libvirt -name "*qmptap*"');
      expectThat(left === '', `left over: ${left}`);
      return `${asked} messages of ours`;
    },
  },
  {
    name: 'way 1: all of a recorder is killed; attach --undo repairs the path, and libvirtd may restart',
    run: async (guest) => {
      await strand(guest);
      await succeeds(guest, `qmptap attach --undo ${socket}`);
      await succeeds(guest, 'systemctl restart libvirtd');
      await allLive(guest);
      return '';
    },
  },
  {
    name: 'way 1: the next service repairs it too, before libvirtd is restarted',
    run: async (guest) => {
      await strand(guest);
      for (const command of documented('docs/host.md', 'sudo systemctl enable --now qmptap-host.service'))
        await succeeds(guest, command);
      await serviceRuns(guest);
      await allLive(guest);
      await isRecorded(guest, 'web1');
      for (const command of documented('docs/host.md', 'sudo qmptap host uninstall'))
        await succeeds(guest, command);
      await allLive(guest);
      return '';
    },
  },
];
