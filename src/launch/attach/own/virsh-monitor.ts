/** Commands to a VM of libvirt's, through the monitor that libvirt holds: `virsh qemu-monitor-command`, which taints the VM. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { UsageError } from '../../../errors.js';
import { isObject, type JsonValue } from '../../../json/value.js';
import { tryParse } from '../../../json/parse.js';

const run = promisify(execFile);
const patienceMs = 30_000;

/** A monitor that can be asked. */
export interface AskedMonitor {
  /** What its user is told: the VM. */
  readonly name: string;
  /** Gives what the success response returns. @throws UsageError with what QEMU or libvirt says against it */
  ask(command: string, args?: Readonly<Record<string, unknown>>): Promise<JsonValue>;
  /** The same as a command for a shell. */
  inShell(command: string, args?: Readonly<Record<string, unknown>>): string;
}

/** `uuid`: a name might begin with a dash. */
export function virshMonitor(uri: string, { name, uuid }: { name: string; uuid: string }): AskedMonitor {
  const inJson = (command: string, args: unknown): string =>
    JSON.stringify(args === undefined ? { execute: command } : { execute: command, arguments: args });
  return {
    name,
    ask: async (command, args) => {
      let stdout: string;
      try {
        const words = ['-q', '-c', uri, 'qemu-monitor-command', uuid, inJson(command, args)];
        const env = { ...process.env, LC_ALL: 'C' };
        ({ stdout } = await run('virsh', words, { timeout: patienceMs, env, maxBuffer: 64 << 20 }));
      } catch (error) {
        throw new UsageError({ subject: name, reason: reasonOf(error as Failure) }, { cause: error });
      }
      return answerIn(stdout, name, command);
    },
    inShell: (command, args) => `virsh -c '${uri}' qemu-monitor-command ${uuid} '${inJson(command, args)}'`,
  };
}

function answerIn(text: string, name: string, command: string): JsonValue {
  const response = tryParse(text.trim());
  if (!isObject(response))
    throw new UsageError({ subject: name, reason: `virsh gives no response to ${command}` });
  const error: JsonValue | undefined = response.get('error');
  if (error === undefined) return response.get('return') ?? null;
  throw new UsageError({ subject: name, reason: `QEMU refuses ${command}: ${described(error)}` });
}

function described(error: JsonValue): string {
  const desc = isObject(error) ? error.get('desc') : undefined;
  return typeof desc === 'string' ? desc : 'it does not say why';
}

type Failure = NodeJS.ErrnoException & { stderr?: string; killed?: boolean };

function reasonOf({ code, killed, stderr = '', message }: Failure): string {
  if (code === 'ENOENT') return 'virsh is not installed';
  if (killed === true) return 'libvirt does not answer';
  return (
    stderr
      .replaceAll(/^error: /gm, '')
      .trim()
      .split('\n')
      .at(-1) || message
  );
}
