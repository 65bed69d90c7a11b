/** A small QMP client that keeps every byte it sent and received. */
import { once } from 'node:events';
import { connect, type NetConnectOpts, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';
import { until } from './until.js';

export class QmpClient {
  readonly socket: Socket;
  readonly sent: Buffer[] = [];
  readonly received: Buffer[] = [];
  closed = false;

  constructor(socket: Socket) {
    this.socket = socket;
    socket.on('data', (chunk) => this.received.push(chunk));
    socket.on('error', () => undefined);
    socket.on('close', () => (this.closed = true));
    onTestFinished(() => void socket.destroy());
  }

  /** Connects and waits for the connection, not for a greeting. */
  static async connect(address: string | NetConnectOpts): Promise<QmpClient> {
    const socket =
      typeof address === 'string'
        ? connect({ path: address, allowHalfOpen: true })
        : connect({ ...address, allowHalfOpen: true });
    await once(socket, 'connect');
    return new QmpClient(socket);
  }

  send(bytes: string | Uint8Array): void {
    const chunk = typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : Buffer.from(bytes);
    this.sent.push(chunk);
    this.socket.write(chunk);
  }

  execute(name: string, args?: object, id?: unknown): void {
    this.send(`${JSON.stringify({ execute: name, arguments: args, id })}\r\n`);
  }

  text(): string {
    return Buffer.concat(this.received).toString('latin1');
  }

  /** Waits until what has come matches. */
  async receives(pattern: RegExp): Promise<void> {
    await until(`${String(pattern)}, in ${this.text().slice(-2000)}`, () => pattern.test(this.text()));
  }

  /** Half-closes, and waits for the server to close. */
  async end(): Promise<void> {
    this.socket.end();
    await until('the server to close', () => this.closed || this.socket.readableEnded);
  }
}

/** Greeting, negotiation, and the response to it. */
export async function negotiated(address: string | NetConnectOpts): Promise<QmpClient> {
  const client = await QmpClient.connect(address);
  await client.receives(/"QMP"/);
  client.execute('qmp_capabilities', undefined, 'negotiation');
  await client.receives(/"negotiation"/);
  return client;
}
