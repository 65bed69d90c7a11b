/**
 * The rules that ship: what holds of any QEMU, guest agent and client. `why` makes findings of them, and
 * `check --list-rules` prints them as a file to begin one's own with. The times are generous: libvirt waits 5 s for a
 * device and for the agent.
 */
import { parseDemand } from './parse-rule.js';
import type { Level, Rule } from './rule.js';

interface Written {
  readonly rule: string;
  readonly level: Level;
  /** Ends so that `in 34s`, `in time: …` or `yet: …` may follow. */
  readonly title: string;
  readonly cause: string;
}

const written = {
  'removal-finishes': {
    rule:
      'each cmd:device_del(id=$id) then event:DEVICE_DELETED(device=$id) or event:DEVICE_DELETED(path=$id) ' +
      'or event:DEVICE_UNPLUG_GUEST_ERROR(device=$id) or event:MEM_UNPLUG_ERROR(device=$id) within 5s unless error',
    level: 'error',
    title: 'the removal of $id was accepted, but DEVICE_DELETED did not come',
    cause:
      'The response to device_del only says that the guest was asked. The device goes when the guest lets go of it, ' +
      'and then DEVICE_DELETED comes; a guest that is stopped, still boots or runs no operating system never does.',
  },
  'removal-not-refused': {
    rule: 'never event:DEVICE_UNPLUG_GUEST_ERROR(device=$id) or event:MEM_UNPLUG_ERROR(device=$id)',
    level: 'error',
    title: 'the guest refused to give up $id',
    cause:
      'The guest keeps the device: its driver uses it, or its memory cannot be moved. It stays as it was.',
  },
  'response-in-time': {
    rule: 'each cmd:* then response within 30s',
    level: 'error',
    title: 'a command was not answered',
    cause:
      'QEMU executes commands one after the other: while one is not answered, all behind it wait, and so does ' +
      'whoever sent them.',
  },
  'job-completed': {
    rule:
      'each event:BLOCK_JOB_READY(device=$id) then cmd:job-complete(id=$id) or cmd:block-job-complete(device=$id) ' +
      'or cmd:job-cancel(id=$id) or cmd:block-job-cancel(device=$id) or event:BLOCK_JOB_COMPLETED(device=$id) ' +
      'or event:BLOCK_JOB_CANCELLED(device=$id) within 1min',
    level: 'warning',
    title: 'job $id is ready, but nobody completed or cancelled it',
    cause:
      'A mirror or an active commit that is ready keeps copying every write until job-complete or job-cancel; the ' +
      'VM does not change over to the copy by itself.',
  },
  'job-finalized': {
    rule:
      'each event:JOB_STATUS_CHANGE(id=$id, status=pending) then event:JOB_STATUS_CHANGE(id=$id, status=concluded) ' +
      'or event:JOB_STATUS_CHANGE(id=$id, status=aborting) within 1min',
    level: 'warning',
    title: 'job $id has done its work, but was not finalized',
    cause:
      'A job that was started with auto-finalize off waits for job-finalize, and so do all of its transaction.',
  },
  'job-dismissed': {
    rule: 'each event:JOB_STATUS_CHANGE(id=$id, status=concluded) then event:JOB_STATUS_CHANGE(id=$id, status=null) within 10s',
    level: 'warning',
    title: 'job $id has concluded, but was not dismissed',
    cause:
      'A job that was started with auto-dismiss off stays until job-dismiss: its id cannot be used again, and why ' +
      'it failed is told by query-jobs until then.',
  },
  'job-succeeds': {
    rule: 'never event:BLOCK_JOB_COMPLETED(device=$id) data:error',
    level: 'error',
    title: 'block job $id failed',
    cause: "The event's member error says why; what was copied so far is not a whole copy.",
  },
  'job-without-io-error': {
    rule: 'never event:BLOCK_JOB_ERROR(device=$id)',
    level: 'warning',
    title: 'block job $id met an I/O error',
    cause: 'By its action the job stops until it is resumed, skips the part, or ends.',
  },
  'freeze-ends': {
    rule: 'each cmd:guest-fsfreeze-freeze* then cmd:guest-fsfreeze-thaw within 30s unless error',
    level: 'error',
    title: "the guest's file systems were frozen, but no thaw came",
    cause:
      'From the freeze to the thaw every write in the guest waits. Whoever froze it has to thaw it, also when its ' +
      'own work fails; QEMU does not.',
  },
  'frozen-agent': {
    rule:
      'each cmd:guest-fsfreeze-freeze* always not cmd:guest-* or cmd:guest-sync* or cmd:guest-ping or cmd:guest-info ' +
      'or cmd:guest-fsfreeze-status until cmd:guest-fsfreeze-thaw or kind:error cmd:guest-fsfreeze-freeze*',
    level: 'warning',
    title: 'an agent whose file systems are frozen was given a command that it refuses',
    cause: 'While they are frozen the agent executes only ping, info, sync, status and thaw.',
  },
  'agent-answers': {
    rule: 'each cmd:guest-sync* then response within 5s',
    level: 'error',
    title: 'the guest agent did not answer guest-sync',
    cause:
      'The channel is there, but nobody reads it: the agent does not run, is busy with the command before, or the ' +
      'guest is paused. QEMU does not know.',
  },
  'no-io-error': {
    rule: 'never event:BLOCK_IO_ERROR(action=stop)',
    level: 'error',
    title: 'an I/O error paused the VM',
    cause:
      'With werror=stop, or enospc on a full disk, QEMU stops the guest rather than give it the error. It goes on ' +
      'with cont, when the storage works again.',
  },
  'no-reported-io-error': {
    rule: 'never event:BLOCK_IO_ERROR(action=report)',
    level: 'warning',
    title: 'the guest was given an I/O error',
    cause:
      'A read or write of the host failed, and the guest was told so: its file system may now be read-only.',
  },
  'no-panic': {
    rule: 'never event:GUEST_PANICKED',
    level: 'error',
    title: 'the guest panicked',
    cause:
      'Its kernel said so itself, through pvpanic or Hyper-V. What QEMU does then is its -action panic=….',
  },
  'no-watchdog': {
    rule: 'never event:WATCHDOG',
    level: 'error',
    title: "the guest's watchdog ran out",
    cause:
      'Nothing in the guest has fed it for its time: the guest hangs, or the host gave it no time to run.',
  },
  'powerdown-works': {
    rule: 'each cmd:system_powerdown then event:SHUTDOWN within 1min unless error',
    level: 'warning',
    title: 'the guest was asked to power down, but did not',
    cause:
      'system_powerdown only presses the power button; a guest without a service that listens to it goes on.',
  },
  'dump-ends': {
    rule: 'each cmd:dump-guest-memory(detach=true) then event:DUMP_COMPLETED within 10min unless error',
    level: 'warning',
    title: 'a memory dump in the background did not end',
    cause: 'With detach the response only says that it began; DUMP_COMPLETED says how it ended.',
  },
  'negotiated-first': {
    rule: 'each kind:greeting always not cmd:* or cmd:qmp_capabilities until kind:success cmd:qmp_capabilities',
    level: 'error',
    title: 'a command came before the capabilities negotiation',
    cause: 'After the greeting QEMU knows only qmp_capabilities, and refuses any other with CommandNotFound.',
  },
  'few-in-flight': {
    rule: 'at most 9 in flight',
    level: 'warning',
    title: 'more than nine commands waited for their responses at once',
    cause: 'QEMU holds eight commands besides the one that it executes, and then stops reading.',
  },
  'no-malformed': {
    rule: 'never kind:malformed',
    level: 'error',
    title: 'a message could not be parsed',
    cause:
      'The peer answers it with an error response that has no id, and may have skipped what came behind it.',
  },
} as const satisfies Readonly<Record<string, Written>>;

/** The name of a rule that ships. */
export type PackName = keyof typeof written;

/** A rule that ships. */
export type PackRule = Rule & {
  /** Its name. */
  readonly name: PackName;
};

const rules: readonly PackRule[] = Object.entries(written).map(([name, { rule, level, title, cause }]) => {
  return { name: name as PackName, text: rule, demand: parseDemand(rule), level, title, cause };
});

/** The rules that ship. */
export function rulePack(): readonly PackRule[] {
  return rules;
}
