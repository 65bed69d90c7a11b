/** A client that listens for its QEMU, as libqtest does: recorded in between, and served by a replay. */
import { createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { describe, expect, onTestFinished } from 'vitest';
import { openRecording } from '../../src/store/index/open.js';
import { testFolder } from '../support/folder.js';
import { qmptap, start } from '../support/process.js';
import { labTest } from '../support/programs.js';
import { connectsAgain, smallMachine } from '../support/qemu.js';
import { QmpClient } from '../support/qmp-client.js';
import { until } from '../support/until.js';

const test = labTest('qemu-system-x86_64');

/** A client that waits for its QEMU at `path`. */
class WaitingClient {
  readonly server: Server;
  readonly #came: Socket[] = [];

  private constructor(server: Server) {
    this.server = server;
    server.on('connection', (socket) => this.#came.push(socket));
    onTestFinished(() => void server.close());
  }

  static async at(path: string): Promise<WaitingClient> {
    const server = createServer({ allowHalfOpen: true });
    await new Promise<void>((resolve) => server.listen(path, resolve));
    return new WaitingClient(server);
  }

  /** Speaks to the QEMU that came as number `at`. */
  async talk(at: number): Promise<QmpClient> {
    const client = new QmpClient(await until('a QEMU', () => this.#came[at]));
    await client.receives(/"QMP"/);
    client.execute('qmp_capabilities', undefined, 'a');
    await client.receives(/"a"/);
    return client;
  }
}

describe('a client that listens for its QEMU', () => {
  test('is recorded between the two, which may come in any order and again; a replay serves it, too', async () => {
    const folder = testFolder();
    const [waits, tap, out] = ['client.sock', 'tap.sock', 'r.qmptap'].map((name) => join(folder, name));
    const recorder = qmptap([
      'record',
      '--server-listens',
      tap!,
      '--dial-client',
      waits!,
      '-o',
      out!,
      '--quiet',
    ]);
    await recorder.says(/waiting for the server at /);
    const qemu = start('qemu-system-x86_64', [...smallMachine, '-qmp', `unix:${tap!},${connectsAgain()}`]);
    await recorder.says(/waiting for the client: nobody listens at unix:.*client\.sock yet/);
    const client = await WaitingClient.at(waits!);
    await (await client.talk(0)).end();
    // QEMU connects again, so its client hears of it again.
    const again = await client.talk(1);
    again.execute('quit', undefined, 'b');
    await again.receives(/SHUTDOWN/);
    await qemu.ended;
    await recorder.says(/session 2: server-closed/);
    recorder.signal('SIGINT');
    expect(await recorder.ended).toBe(130);
    {
      using recording = openRecording(out!);
      expect(recording.sessions().map(({ client: { address }, end }) => [address, end])).toEqual([
        [`unix:${waits!}`, 'client-closed'],
        [`unix:${waits!}`, 'server-closed'],
      ]);
    }
    client.server.close();

    const replay = qmptap(['replay', 'server', out!, '--dial-client', waits!]);
    await replay.says(/waiting for the client: /);
    const next = await WaitingClient.at(waits!);
    await (await next.talk(0)).end();
    const last = await next.talk(1);
    last.execute('quit', undefined, 'c');
    await last.receives(/SHUTDOWN/);
    await last.receives(/"c"/);
    expect(await replay.ended).toBe(0);
  }, 60_000);
});
