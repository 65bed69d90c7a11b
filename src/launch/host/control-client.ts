/** Asks a host that runs. */
import { dirname } from 'node:path';
import { ConnectError } from '../../errors.js';
import { dial } from '../../transport/dial.js';
import { closeDescriptors } from '../../transport/unix/descriptors.js';
import type { ControlAnswer, ControlQuestion } from './control.js';

/** No host is slower, unless it hangs. */
const patienceMs = 10_000;

/** Resolves with all lines of the answer, its end included. @throws ConnectError where no host answers */
export async function askHost(path: string, question: ControlQuestion): Promise<ControlAnswer[]> {
  const subject = dirname(dirname(path));
  const failed = (reason: string, cause?: unknown): ConnectError =>
    new ConnectError({ subject, reason, remedy: 'start one with `qmptap host`' }, { address: path, cause });
  const stream = await dial({ kind: 'unix', path }, { timeout: patienceMs }).catch((error: unknown) => {
    throw failed('no host records into this folder', error);
  });
  const decoder = new TextDecoder();
  let text = '';
  return new Promise((resolve, reject) => {
    const end = (): void => {
      clearTimeout(late);
      stream.destroy();
    };
    const late = setTimeout(() => {
      end();
      reject(failed('the host does not answer'));
    }, patienceMs);
    stream.start({
      data: (chunk, fds) => {
        closeDescriptors(fds);
        text += decoder.decode(chunk, { stream: true });
        const lines = text.split('\n').slice(0, -1);
        const answers = lines.map((line) => JSON.parse(line) as ControlAnswer);
        if (!answers.some(({ type }) => type !== 'vm')) return;
        end();
        resolve(answers);
      },
      ended: () => {
        end();
        reject(failed('the host ended while it was asked'));
      },
      gone: () => {
        end();
        reject(failed('the host ended while it was asked'));
      },
      ...{ drained: () => undefined, closed: () => undefined, note: () => undefined },
    });
    stream.write(new TextEncoder().encode(`${JSON.stringify(question)}\n`), []);
  });
}
