/** A client that asks for nothing but to be told events: it negotiates when it is greeted, and reads. */
import { dial } from '../../../transport/dial.js';
import { noDescriptors } from '../../../transport/stream.js';
import { closeDescriptors } from '../../../transport/unix/descriptors.js';

export interface OwnClient {
  /** The server has closed the connection. */
  readonly ended: Promise<void>;
  close(): void;
}

const capabilities = new TextEncoder().encode('{"execute":"qmp_capabilities"}\r\n');

/** Connects to `path`. What comes is not looked at: its recorder has it. @throws ConnectError */
export async function connectClient(path: string): Promise<OwnClient> {
  const stream = await dial({ kind: 'unix', path });
  let end = (): void => undefined;
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  let greeted = false;
  stream.start({
    data: (_chunk, fds) => {
      closeDescriptors(fds);
      if (!greeted) stream.write(capabilities, noDescriptors);
      greeted = true;
    },
    ended: () => {
      stream.close();
    },
    gone: () => {
      stream.close();
    },
    drained: () => undefined,
    closed: () => {
      end();
    },
    note: () => undefined,
  });
  return {
    ended,
    close: () => {
      stream.close();
    },
  };
}
