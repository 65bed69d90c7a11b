/** What the kernel has denied: of AppArmor and of SELinux, as the audit daemon writes it down. */
import { expectThat, succeeds } from './checks.js';
import type { Machine } from './machine.js';

/** In the log of the audit daemon, and in the kernel's for what came before it ran. */
const search = `{ cat /var/log/audit/audit.log; dmesg; } | grep -aE 'apparmor="DENIED"|avc: +denied' || true`;

/** Where the guest keeps what is denied without qmptap too. */
const known = '/root/known-denials';

/** Each once, without what differs from one to the next. */
async function denials(guest: Machine): Promise<readonly string[]> {
  const lines = (await succeeds(guest, search)).split('\n').filter((line) => line !== '');
  return [...new Set(lines.map(plain))];
}

function plain(line: string): string {
  return line
    .replace(/^.*?(?=apparmor="DENIED"|avc: +denied)/, '')
    .replace(/\u001d.*/, '')
    .replaceAll(/ (?:pid|ino|dev)=\S+/g, '')
    .replaceAll(/libvirt-[0-9a-f-]{36}/g, 'libvirt-UUID')
    .replaceAll(/\/proc\/\d+/g, '/proc/PID')
    .replaceAll(/domain-\d+-/g, 'domain-ID-')
    .replaceAll(/:c\d+,c\d+/g, '');
}

/** What is denied so far is the distribution's own, and no fault of qmptap. */
export async function knowDenials(guest: Machine): Promise<string> {
  const all = await denials(guest);
  const text = Buffer.from(all.join('\n')).toString('base64');
  await succeeds(guest, `base64 -d > ${known} <<< '${text}'`);
  return `${String(all.length)} kinds`;
}

/** @throws Failed with those that are not among the known, once */
export async function nothingElseDenied(guest: Machine): Promise<string> {
  const before = new Set((await succeeds(guest, `cat ${known}`)).split('\n'));
  const others = (await denials(guest)).filter((line) => !before.has(line));
  await knowDenials(guest);
  expectThat(
    others.length === 0,
    `denied, and the documents do not say so:\n      ${others.join('\n      ')}`,
  );
  return '';
}
