/** Where the names of hosts, VMs and people stand in the protocol, in QEMU's arguments and in addresses. */

export type NameKind = 'vm' | 'host' | 'user';

/** A value of messages that is a name. */
export interface NamedPlace {
  readonly in: 'command' | 'response' | 'event';
  /** The command's name, or the event's; any if it is not told. */
  readonly of?: string;
  readonly path: string;
  readonly kind: NameKind;
}

export const namedPlaces: readonly NamedPlace[] = [
  { in: 'response', of: 'query-name', path: 'return.name', kind: 'vm' },
  { in: 'response', of: 'guest-get-host-name', path: 'return.host-name', kind: 'host' },
  { in: 'response', of: 'guest-get-users', path: 'return[*].user', kind: 'user' },
  { in: 'response', of: 'guest-get-users', path: 'return[*].domain', kind: 'host' },
  { in: 'command', of: 'guest-set-user-password', path: 'arguments.username', kind: 'user' },
  { in: 'command', of: 'guest-ssh-add-authorized-keys', path: 'arguments.username', kind: 'user' },
  { in: 'command', of: 'guest-ssh-remove-authorized-keys', path: 'arguments.username', kind: 'user' },
  { in: 'command', of: 'guest-ssh-get-authorized-keys', path: 'arguments.username', kind: 'user' },
];

/** Members that are names whatever holds them: of SocketAddress, of block drivers, of network backends. */
export const namedMembers: ReadonlyMap<unknown, NameKind> = new Map([
  ['host', 'host'],
  ['hostname', 'host'],
  ['host-name', 'host'],
  ['domainname', 'host'],
  ['user', 'user'],
  ['username', 'user'],
  ['proxy-username', 'user'],
]);

/** Names in texts, by their first group. */
export const namedTexts: readonly { readonly pattern: RegExp; readonly kind: NameKind }[] = [
  { pattern: /(?:^|\s)-name '?(?:guest=)?([^\s,'=]+)(?=[\s,']|$)/g, kind: 'vm' },
  // libvirt's folders for a VM: it cuts long names short.
  { pattern: /\/domain-\d+-([^/\s"',]+)\//g, kind: 'vm' },
  { pattern: /(?<![\w-])(?:host|hostname|domainname)=([^\s,"':=]+)/g, kind: 'host' },
  { pattern: /(?<![\w-])(?:user|username)=([^\s,"':=]+)/g, kind: 'user' },
  { pattern: /\b[a-z][a-z0-9+.-]{1,20}:\/\/(?:[^\s/?#"'@]{0,200}@)?([A-Za-z0-9][\w.-]*)/g, kind: 'host' },
  { pattern: /(?<![\w/])(?:tcp|rdma|udp|telnet|websocket):([A-Za-z][\w.-]*):\d/g, kind: 'host' },
  { pattern: /\/(?:home|Users)\/([^/\s"',]+)/g, kind: 'user' },
];

/** Words that are not personal: of the protocol, or found on every host. */
export const everybody: ReadonlySet<string> = new Set(
  `localhost localdomain none any all auto default unix inet tcp udp fd vsock file host user guest name
  root admin administrator nobody qemu kvm libvirt libvirt-qemu www-data system
  running paused shutdown postmigrate prelaunch debug finish-migrate inmigrate internal-error io-error
  restore-vm save-vm watchdog suspended guest-panicked colo on off true false yes no null
  pc q35 virt raw qcow2 vmdk luks disk cdrom floppy net virtio vnc spice stdio redacted secret
  success error event return execute arguments data class desc id type`.split(/\s+/),
);
