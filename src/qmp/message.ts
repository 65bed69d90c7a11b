/**
 * Classifies a frame as command, response, event and so on. Looks only at top-level members, because a response may
 * be megabytes long. `correlate.ts` pairs responses with commands.
 */
import { frameProblem, parseJson } from '../json/parse.js';
import { type MemberExtent, scanMembers } from '../json/scan.js';
import { idText } from './id.js';

export type FrameKind =
  'greeting' | 'command' | 'success' | 'error' | 'event' | 'sync' | 'malformed' | 'partial';

export interface Classified {
  readonly kind: FrameKind;
  /** The command's or event's name. */
  readonly name: string | undefined;
  /** JSON text. */
  readonly id: string | undefined;
  readonly oob: boolean;
  /** Why the frame is malformed, or why QEMU rejects the command. */
  readonly problem: string | undefined;
}

const decoder = new TextDecoder();

/** QEMU has no command or event name above 50 characters; a longer one is cut. */
const maximumNameBytes = 256;

/**
 * Classifies a frame of the client. Every value that QEMU's parser accepts is a command, even if not a valid one:
 * QEMU answers each with one response. (`handle_qmp_command`, `qmp_dispatch_check_obj`.)
 * @param problem what the framer says is wrong with the frame
 * @param known the frame's members, if the framer noted them
 */
export function classifyClient(
  bytes: Uint8Array,
  problem: string | undefined,
  known?: readonly MemberExtent[],
): Classified {
  const refused = problem ?? frameProblem(bytes);
  if (refused !== undefined) return nonsense(bytes, refused);
  const members = known ?? scanMembers(bytes);
  if (members === undefined) return command(undefined, undefined, false, 'QMP input must be a JSON object');
  let execute: MemberExtent | undefined;
  let execOob: MemberExtent | undefined;
  let id: MemberExtent | undefined;
  for (const member of members) {
    if (member.key === 'execute') execute = member;
    else if (member.key === 'exec-oob') execOob = member;
    else if (member.key === 'id') id = member;
  }
  const idOf = id && idText(bytes.subarray(id.start, id.end));
  const named = execute ?? execOob;
  if (named === undefined) return command(undefined, idOf, false, "QMP input lacks member 'execute'");
  if (execute && execOob) {
    return command(undefined, idOf, false, "QMP input member 'execute' clashes with 'exec-oob'");
  }
  const name = stringAt(bytes, named);
  const issue = name === undefined ? `QMP input member '${named.key}' must be a string` : undefined;
  return command(name, idOf, execute === undefined, issue);
}

/**
 * Classifies a frame of the server, in libvirt's order: greeting, event, then response.
 * (`qemuMonitorJSONIOProcessLine`; the specification, "Server Greeting" to "Asynchronous events".)
 */
export function classifyServer(
  bytes: Uint8Array,
  problem: string | undefined,
  known?: readonly MemberExtent[],
): Classified {
  if (problem !== undefined) return nonsense(bytes, problem);
  let kind: FrameKind | undefined;
  let name: string | undefined;
  let id: string | undefined;
  for (const member of known ?? scanMembers(bytes) ?? []) {
    switch (member.key) {
      case 'QMP':
        kind = 'greeting';
        break;
      case 'event':
        if (kind !== 'greeting') kind = 'event';
        name = stringAt(bytes, member);
        break;
      case 'return':
        kind ??= 'success';
        break;
      case 'error':
        if (kind === undefined || kind === 'success') kind = 'error';
        break;
      case 'id':
        id = idText(bytes.subarray(member.start, member.end));
        break;
    }
  }
  if (kind === undefined) {
    return {
      kind: 'malformed',
      name: undefined,
      id,
      oob: false,
      problem: 'neither greeting, event nor response',
    };
  }
  return { kind, name: kind === 'event' ? name : undefined, id, oob: false, problem: undefined };
}

function command(
  name: string | undefined,
  id: string | undefined,
  oob: boolean,
  problem: string | undefined,
): Classified {
  return { kind: 'command', name, id, oob, problem };
}

/** A single control byte, 0xFE or 0xFF resets the other side's parser; anything else is malformed. */
function nonsense(bytes: Uint8Array, problem: string): Classified {
  const kind = isReset(bytes) ? 'sync' : 'malformed';
  return {
    kind,
    name: undefined,
    id: undefined,
    oob: false,
    problem: kind === 'malformed' ? problem : undefined,
  };
}

function isReset(bytes: Uint8Array): boolean {
  let resets = 0;
  for (const byte of bytes) {
    if (byte === 0x20 || byte === 0x09 || byte === 0x0a || byte === 0x0d) continue;
    if (byte >= 0x20 && byte < 0xfe) return false;
    resets += 1;
  }
  return resets === 1;
}

/** A member's value if it is a string. */
function stringAt(bytes: Uint8Array, { start, end }: MemberExtent): string | undefined {
  const quote = bytes[start];
  if (quote !== 0x22 && quote !== 0x27) return undefined;
  const inner = bytes.subarray(start + 1, Math.min(end - 1, start + 1 + maximumNameBytes));
  if (!inner.includes(0x5c)) return decoder.decode(inner);
  try {
    const value = parseJson(bytes.subarray(start, end));
    return typeof value === 'string' ? value.slice(0, maximumNameBytes) : undefined;
  } catch {
    return undefined;
  }
}
