/** What AppArmor and SELinux must allow for a VM to run an emulator; the rules are from the policies' text. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { quoted } from '../../text/command-line.js';
import type { Finding } from './finding.js';
import { readText, type Surroundings } from './surroundings.js';
import type { EmulatorFacts } from '../emulator/emulator-facts.js';

/** libvirt's daemons, by their AppArmor profiles; they start an emulator to find out what it can do. */
const daemonProfiles = ['usr.sbin.libvirtd', 'usr.sbin.virtqemud'];

/** The folders of programs that these profiles let a daemon start. */
const programFolders = ['/bin', '/sbin', '/usr/bin', '/usr/sbin'];

/** libvirt confines itself by a profile, and each VM by one that includes `abstractions/libvirt-qemu`. */
export function apparmor(path: string, facts: EmulatorFacts, { root, system }: Surroundings): Finding[] {
  const enabled = readText(`${root}/sys/module/apparmor/parameters/enabled`)?.startsWith('Y') === true;
  if (!system || !enabled || securityIsOff(root))
    return [{ state: 'good', what: 'AppArmor does not confine VMs here' }];
  const daemons = programFolders.includes(dirname(path))
    ? []
    : daemonProfiles
        .filter((profile) => existsSync(`${root}/etc/apparmor.d/${profile}`))
        .map((profile) =>
          rulesFinding(root, {
            local: `/etc/apparmor.d/local/${profile}`,
            rules: [`  ${path} PUx,`],
            otherwise: 'AppArmor keeps libvirt from starting it',
          }),
        );
  const vm = {
    local: '/etc/apparmor.d/local/abstractions/libvirt-qemu',
    rules: apparmorRules(path, facts),
    otherwise: 'AppArmor keeps a VM from running and writing these',
  };
  return [...daemons, rulesFinding(root, vm)];
}

interface WantedRules {
  /** The file for a machine's own rules. */
  readonly local: string;
  readonly rules: readonly string[];
  /** What happens without them. */
  readonly otherwise: string;
}

function rulesFinding(root: string, { local, rules, otherwise }: WantedRules): Finding {
  const present = (readText(root + local) ?? '').split('\n').map((line) => line.trim());
  const missing = rules.filter((rule) => !present.includes(rule.trim()));
  if (missing.length === 0) return { state: 'good', what: `AppArmor: ${local} has the rules` };
  return {
    ...{ state: 'bad', what: otherwise },
    remedy: `add to ${local}, then systemctl reload apparmor:\n${missing.join('\n')}`,
  };
}

/** What a VM's profile must allow. `ix`: the child keeps the profile. */
function apparmorRules(path: string, facts: EmulatorFacts): string[] {
  const modules = createRequire(import.meta.url)
    .resolve('koffi')
    .replace(/\/node_modules\/.*/s, '/node_modules');
  return [
    `  ${path} rmix,`,
    `  ${facts.node} rmix,`,
    `  ${dirname(dirname(dirname(facts.main)))}/** r,`,
    `  ${modules}/** mr,`,
    ...facts.recordings.flatMap((one) =>
      facts.kind === 'recording' ? [`  ${one}/ rw,`, `  ${one}/** rwk,`] : [`  ${one}{,/**} rk,`],
    ),
    '  owner @{PROC}/@{pid}/{fd/,task/,stat,cgroup} r,',
    // Not `owner`: it is root's, whoever the process is.
    '  @{PROC}/@{pid}/{net/unix,comm} r,',
    // Node reads the one when it starts, and Debian's own Node parts of itself from the other.
    '  /etc/ssl/openssl.cnf r,',
    '  /usr/share/nodejs/** r,',
  ];
}

export function selinux(path: string, facts: EmulatorFacts, { root, system }: Surroundings): Finding[] {
  if (!system || !existsSync(`${root}/sys/fs/selinux/enforce`) || securityIsOff(root)) return [];
  const label = spawnSync('stat', ['-c', '%C', path], { encoding: 'utf8' }).stdout.trim();
  if (label.includes('qemu_exec_t')) return [{ state: 'good', what: `SELinux: ${path} may become a VM` }];
  const recordings = facts.recordings.map((one) => `chcon -R -t svirt_image_t -l s0 ${quoted(one)}`);
  const remedy = [`chcon -t qemu_exec_t ${quoted(path)}`, ...recordings].join('\n');
  return [{ state: 'unknown', what: `SELinux: ${path} is ${label}; a VM is entered by qemu_exec_t`, remedy }];
}

function securityIsOff(root: string): boolean {
  const conf = readText(`${root}/etc/libvirt/qemu.conf`) ?? '';
  return /^\s*security_driver\s*=\s*(?:\[\s*)?"none"/m.test(conf);
}
