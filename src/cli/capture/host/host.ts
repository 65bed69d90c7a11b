/** What `qmptap host` does: records all VMs until it is told to leave. */
import { resolve } from 'node:path';
import { counted, escapeText } from '../../../inspect/format.js';
import { askHost } from '../../../launch/host/control-client.js';
import { controlSocket } from '../../../launch/host/control.js';
import type { HostEvent, VmNews } from '../../../launch/host/host-options.js';
import { type RunningHost, startHost } from '../../../launch/host/host-service.js';
import { knownPlaces, watchedPlace } from '../../../launch/host/places.js';
import { hostLimitsOf, type HostLimits } from '../../../launch/record/recording-limits.js';
import { compileGlob } from '../../../text/glob.js';
import { executable } from '../../executable.js';
import { defaultFolder } from '../../files/folder.js';
import type { Log } from '../../output/log.js';
import { asciiJson } from '../../output/output.js';
import { aborted, endOnSignal, outliveTheTerminal } from '../ending.js';
import { fileNews } from '../limits.js';

export interface HostFlags extends HostLimits {
  recordings?: string;
  watch: string[];
  include: string[];
  exclude: string[];
  agent: boolean;
  durable?: boolean;
  redact?: boolean;
  rule: string[];
  json?: boolean;
}

export interface LeaveFlags {
  recordings?: string;
}

/** Records until it is told to leave. Gives the exit code. @throws ConnectError, UsageError before anything is taken */
export async function hostCommand(flags: HostFlags, log: Log): Promise<number> {
  outliveTheTerminal((text) => {
    log.error(text);
  });
  const recordings = folderOf(flags);
  const places = [...knownPlaces(), ...flags.watch.map(watchedPlace)];
  const ending = new AbortController();
  // Before anything is taken: a manager may stop a service as soon as it says that it is ready.
  const signals = endOnSignal(ending, { hangUp: () => undefined });
  const running = await startHost({
    recordings,
    places: flags.agent ? places : places.filter(({ dialect }) => dialect !== 'qga'),
    wants: chosen(flags),
    limits: hostLimitsOf(flags),
    durable: flags.durable,
    redact: flags.redact ? flags.rule : undefined,
    onEvent: (event) => {
      tell(event, flags.json === true, log);
    },
    holder: (address) => [
      ...([process.execPath, executable, 'host', 'hold', '--address', address] as const),
      ...['--pid', String(process.pid), '--', process.execPath, ...process.argv.slice(1)],
    ],
  });
  sayBegun(running, recordings, log);
  const code = await Promise.race([
    running.finished.then(() => 0),
    aborted(ending.signal).then(() => ending.signal.reason as number),
  ]);
  if (ending.signal.aborted) await end(running, code, log);
  signals.release();
  return code;
}

function sayBegun({ host, isLeaving }: RunningHost, recordings: string, log: Log): void {
  if (isLeaving) {
    log.info(
      `goes on with the sessions of a host that was told to leave: ${counted(host.sessions, 'session')}`,
    );
    return;
  }
  log.info(`recording all VMs of this machine in ${recordings}; Ctrl-C ends`);
  const waiting = [...host.answers()].filter(({ state }) => state === 'waiting').length;
  if (waiting === 0) return;
  const when =
    "libvirt's comes when its daemon starts anew, which leaves VMs alone: systemctl restart libvirtd";
  log.info(`${counted(waiting, 'VM')} recorded from the next connection on; ${when}`);
}

/** After a signal. */
async function end(running: RunningHost, code: number, log: Log): Promise<void> {
  if (running.isService) process.exit(code);
  running.leave();
  const { sessions } = running.host;
  if (sessions > 0) {
    log.info(
      `all paths are given back; still open, and recorded to the end: ${counted(sessions, 'session')}; a second Ctrl-C leaves that to a host in the background`,
    );
  }
  await running.finished;
}

/** Asks the host that runs to leave. @throws ConnectError if none runs */
export async function leaveCommand(flags: LeaveFlags, log: Log): Promise<void> {
  const recordings = folderOf(flags);
  const last = (await askHost(controlSocket(recordings), { ask: 'leave' })).at(-1);
  const sessions = last?.type === 'end' ? last.sessions : 0;
  const rest =
    sessions === 0
      ? ''
      : `; still open, and recorded to the end: ${counted(sessions, 'session')}; libvirt's end when its daemon starts anew`;
  log.info(`all paths are given back${rest}`);
}

function folderOf({ recordings }: LeaveFlags): string {
  return resolve(recordings ?? defaultFolder());
}

/** By the names that are to be recorded, and those that are not. */
function chosen({ include, exclude }: HostFlags): (name: string) => boolean {
  const wanted = include.map(compileGlob);
  const unwanted = exclude.map(compileGlob);
  return (name) =>
    (wanted.length === 0 || wanted.some((matches) => matches(name))) &&
    !unwanted.some((matches) => matches(name));
}

function tell(event: HostEvent, json: boolean, log: Log): void {
  if (json && event.type === 'vm') process.stdout.write(`${asciiJson(JSON.stringify(event))}\n`);
  switch (event.type) {
    case 'vm':
      if (event.state === 'direct') log.warn(vmLine(event));
      else log.info(vmLine(event));
      break;
    case 'file':
      log.info(`${escapeText(event.label)}: ${escapeText(fileNews(event.event))}`);
      break;
    case 'removed':
      log.info(escapeText(`${event.path}: removed, as the oldest of all VMs (--max-total)`));
      break;
    case 'trouble':
      log.warn(escapeText(event.label === undefined ? event.text : `${event.label}: ${event.text}`));
  }
}

function vmLine({ label, state, file, reason = '' }: VmNews): string {
  const where = file === undefined ? '' : ` in ${file}`;
  const what = {
    waiting: 'recorded from the next connection on',
    recorded: `recorded${where}`,
    direct: `not recorded: ${reason}`,
    ended: file === undefined ? 'ended, without a session' : `ended: ${file}`,
  }[state];
  return escapeText(`${label}: ${what}`);
}
