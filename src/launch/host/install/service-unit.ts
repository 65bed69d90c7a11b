/**
 * The systemd unit of a host. What it must not lack: without these settings a stop, an upgrade or a failed start
 * closes the descriptor store, and with it every monitor, which libvirt takes for the death of every VM.
 */

export interface ServiceOptions {
  /** Node and its script, absolute. */
  readonly program: readonly [string, ...string[]];
  /** What follows `host` on the command line. */
  readonly flags: readonly string[];
  readonly recordings: string;
  /** Folders of sockets besides those that are known. */
  readonly watched: readonly string[];
}

/** The unit's name. */
export const serviceName = 'qmptap-host.service';

/** Where a service keeps its recordings. */
export const serviceRecordings = '/var/lib/qmptap';

/** The folders in which known sockets are, or will be; a leading `-`: those that may not be there. */
const socketFolders = ['/run', '-/var/lib/libvirt', '-/var/snap/lxd'];

/** The unit as a text. */
export function serviceUnit({ program, flags, recordings, watched }: ServiceOptions): string {
  const command = [...program, 'host', '--recordings', recordings, ...flags].map(unitWord).join(' ');
  const writable = [...socketFolders, ...[recordings, ...watched].map((path) => `-${path}`)]
    .map(unitWord)
    .join(' ');
  return `# Written by \`qmptap host install\`; \`qmptap host uninstall\` removes it.
[Unit]
Description=Recorder of QMP for all VMs
Documentation=man:qmptap-host(1)
# VMs start after it, and at a shutdown it stops after them.
Before=libvirtd.service virtqemud.service
# "Failed" after too many starts would close the store.
StartLimitIntervalSec=0
# So would a stop before systemd 254. \`qmptap host leave\` ends it; after an upgrade of qmptap:
# systemctl kill -s TERM --kill-who=main ${serviceName}
RefuseManualStop=yes

[Service]
Type=notify
NotifyAccess=main
ExecStart=${command}
Restart=always
RestartSec=0
# It has left: every path is given back.
RestartPreventExitStatus=0
# One for each VM's socket, and two for each client. What does not fit is not kept, without a word; the names of
# many more would not fit into the environment of the next host.
FileDescriptorStoreMax=8192
# From systemd 254 on, as long as the unit is enabled, the store outlives a stop.
FileDescriptorStorePreserve=yes
LimitNOFILE=1048576
OOMScoreAdjust=-900
UMask=0077
StateDirectory=qmptap
StateDirectoryMode=0700
# It enters the folders of others, and gives its sockets the owner and mode of those in whose place they are.
CapabilityBoundingSet=CAP_DAC_OVERRIDE CAP_CHOWN CAP_FOWNER
NoNewPrivileges=yes
ProtectSystem=strict
# Some of these are made after it starts, so the folder around them has to be writable.
ReadWritePaths=${writable}
ProtectHome=yes
PrivateTmp=yes
PrivateDevices=yes
ProtectClock=yes
ProtectControlGroups=yes
ProtectHostname=yes
ProtectKernelLogs=yes
ProtectKernelModules=yes
ProtectKernelTunables=yes
RestrictAddressFamilies=AF_UNIX
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
LockPersonality=yes
SystemCallArchitectures=native
# V8 asks for memory protection keys. What a newer Node tries besides is refused, and not a reason to kill it.
SystemCallFilter=@system-service @pkey
SystemCallErrorNumber=EPERM

[Install]
WantedBy=multi-user.target
`;
}

/** A word as systemd reads it: quoted where that is needed, with its specifiers and variables taken as they are. */
export function unitWord(word: string): string {
  const plain = word.replaceAll('%', '%%').replaceAll('$', '$$$$');
  if (/^[^\s"'\\;]+$/.test(plain)) return plain;
  const escaped = plain.replace(/["\\]/g, '\\$&').replace(/\n/g, '\\n').replace(/\t/g, '\\t');
  return `"${escaped}"`;
}
