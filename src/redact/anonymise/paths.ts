/**
 * Paths of files: every component that is not the same on all hosts is replaced, the ending stays. What is a
 * path of QEMU's object model, of /proc or of /sys is not personal and stays.
 */

/** Components that are on every host: of the file system's standard, of QEMU's and libvirt's own folders. */
const common: ReadonlySet<string> = new Set(
  `bin boot dev etc home lib lib32 lib64 libexec local media mnt opt proc root run sbin share snap srv sys tmp usr
  var log cache spool state user
  libvirt qemu images nvram channel target domain dump save snapshot autostart lxc swtpm helper ram firmware
  OVMF AAVMF edk2 seabios edk2-ovmf qemu-efi qemu-efi-aarch64 ovmf x64 qmp monitor.sock master-key.aes
  org.qemu.guest_agent.0 qmp.sock qga.sock monitor serial console vnc.sock
  kvm vhost-net vhost-vsock vhost-vdpa vfio net tun tap urandom random null zero shm mapper disk by-id by-path
  by-uuid by-label pts hugepages qemu-server pve vz template iso incus lxd kubevirt machine
  OVMF_CODE.fd OVMF_VARS.fd OVMF_CODE.secboot.fd OVMF_VARS.ms.fd bios.bin bios-256k.bin vgabios.bin`.split(
    /\s+/,
  ),
);

/** Devices by number, programs and libraries by their own names. */
const commonPattern =
  /^(?:\d+|\.{1,2}|(?:sd|vd|hd|xvd)[a-z]{1,2}\d*|nvme\d+n?\d*p?\d*|(?:loop|nbd|sr|dm-|tty|ttyS|tap|md)\d*|qemu-(?:system-[\w-]+|kvm|img|nbd|ga|io)|libvirtd|(?:lib|vga)?[\w-]*\.(?:so|rom|bin|fd)[\d.]*)$/;

/** The first component of paths that are not files, or are the same on all hosts. */
const staying: ReadonlySet<string> = new Set(['machine', 'objects', 'chardevs', 'backend', 'proc', 'sys']);

/** What ends a path in a text of several words. */
const part = String.raw`[^\s/"'${'`'},;:=<>|*?\\(){}[\]&]`;
export const pathPattern = new RegExp(
  String.raw`(?:\b[a-z][a-z0-9+.-]{1,20}:\/\/[^\s/?#"',]*|(?<![\w.~%+@/-]))(?:\/${part}+)+`,
  'g',
);

/** Replaces a component that may be somebody's own; undefined if it is not to be. */
export type ReplaceComponent = (component: string) => string;

/** The path with its own components replaced; a URL's beginning stays. */
export function replacePath(path: string, replace: ReplaceComponent): string {
  const start = /^[a-z][a-z0-9+.-]*:\/\/[^/]*/.exec(path)?.[0].length ?? 0;
  const [before = '', ...components] = path.slice(start).split('/');
  if (start === 0 && staying.has(components[0] ?? '')) return path;
  return (
    path.slice(0, start) + [before, ...components.map((one) => replaceComponent(one, replace))].join('/')
  );
}

/** A component without its ending, and the ending: `disk` and `.qcow2`. */
export function stemOf(component: string): { readonly stem: string; readonly ending: string } {
  const ending = /(?<=.)(?:\.tar)?\.[A-Za-z][A-Za-z0-9]{0,7}$/.exec(component)?.[0] ?? '';
  return { stem: component.slice(0, component.length - ending.length), ending };
}

/** Whether a component is on every host. */
export function isCommon(component: string): boolean {
  return component === '' || common.has(component) || commonPattern.test(component);
}

function replaceComponent(component: string, replace: ReplaceComponent): string {
  if (isCommon(component)) return component;
  const domain = /^(domain-\d+-)(.+)$/.exec(component);
  if (domain !== null) return `${domain[1] ?? ''}${replace(domain[2] ?? '')}`;
  const { stem, ending } = stemOf(component);
  return isCommon(stem) ? component : replace(stem) + ending;
}
