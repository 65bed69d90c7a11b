/**
 * A program: becomes QEMU in the same process, having asked the kernel to kill it when its parent, `qmptap run`, has
 * ended; a QEMU that is left behind would hold the lock of its images. Arguments: the parent's process number, the
 * descriptors that are QEMU's, and its command line, each word in base64, since Node hands on no text but UTF-8.
 */
import { constants } from 'node:os';
import { F_SETFD, PR_SET_PDEATHSIG, libc, type NativeMemory } from '../../transport/unix/libc.js';
import { errorText } from '../../transport/system-error.js';

const [parent, descriptors = '', ...encoded] = process.argv.slice(2);
const words = encoded.map((word) => Buffer.from(word, 'base64'));

const system = libc();
system.prctl(PR_SET_PDEATHSIG, constants.signals.SIGKILL);
// It may have ended before.
if (process.ppid !== Number(parent)) process.kill(process.pid, 'SIGKILL');
// Node ignores it, and QEMU would inherit that.
system.signal(constants.signals.SIGPIPE, 0n);

// Node closes everything that it was started with when another program is executed.
for (const fd of descriptors.split(',')) system.fcntl(Number(fd), F_SETFD, 0);

const strings = words.map((word) => inMemory(Buffer.concat([word, Buffer.of(0)])));
const argv = system.allocate((strings.length + 1) * 8);
for (const [at, { address }] of strings.entries()) argv.view.setBigUint64(at * 8, address, true);
argv.view.setBigUint64(strings.length * 8, 0n, true);
system.execvp(strings[0]?.address ?? 0n, argv.address);
const why = errorText(system.errno());
process.stderr.write(`qmptap: run: ${words[0]?.toString() ?? ''}: it cannot be executed: ${why}\n`);
process.exitCode = 126;

function inMemory(bytes: Uint8Array): NativeMemory {
  const memory = system.allocate(bytes.length);
  memory.bytes.set(bytes);
  return memory;
}
