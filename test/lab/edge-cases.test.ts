/** The rows of the edge-case table through the proxy: as many replies as messages, and the same ones malformed. */
import { join } from 'node:path';
import { expect } from 'vitest';
import { edgeCases } from '../fixtures/edge-cases.js';
import { testFolder } from '../support/folder.js';
import { qmptap, run } from '../support/process.js';
import { labTest } from '../support/programs.js';
import { startQemu } from '../support/qemu.js';
import { negotiated } from '../support/qmp-client.js';

interface Line {
  readonly session: number;
  readonly dir: string;
  readonly kind: string;
  readonly seq: number;
  readonly replyTo?: number;
  readonly raw?: string;
}

labTest('qemu-system-x86_64')('what the proxy calls malformed is what QEMU refuses to parse', async () => {
  const folder = testFolder();
  const qemu = await startQemu(folder);
  const listen = join(folder, 'tap.sock');
  const file = join(folder, 'r.qmptap');
  const recording = qmptap(['record', '--listen', listen, '--connect', qemu.socket, '-o', file, '--quiet']);
  await recording.says(/recording/);
  for (const row of edgeCases) {
    const client = await negotiated(listen);
    client.send(row.bytes);
    // Half-closed, QEMU answers everything that it has read, and then closes.
    await client.end();
  }
  recording.signal('SIGTERM');
  await recording.ended;
  const shown = await run(['show', file, '--json']);
  const lines = shown.stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Line);
  edgeCases.forEach((row, index) => {
    const session = lines.filter((line) => line.session === index + 1 && line.seq > 3);
    const refused = (line: Line): boolean => line.kind === 'malformed' || line.kind === 'sync';
    const sent = session.filter((line) => line.dir === 'c2s' && line.kind !== 'partial');
    const received = session.filter((line) => line.dir === 's2c' && line.kind !== 'event');
    expect(sent, row.name).toHaveLength(received.length);
    const parseErrors = received.map((line) =>
      /"desc": "(?:\d+:\d+: )?JSON (?:parse error|.* limit exceeded)/.test(line.raw ?? ''),
    );
    expect(sent.map(refused), row.name).toEqual(parseErrors);
    expect(
      received.map((line) => line.replyTo),
      row.name,
    ).toEqual(sent.map((line) => line.seq));
  });
});
