import { describe, expect, onTestFinished } from 'vitest';
import { Rig } from '../support/fault-rig.js';
import { leaveDescriptors } from '../support/process.js';
import { labTest } from '../support/programs.js';
import { until } from '../support/until.js';

describe.each([
  ['unix sockets', false],
  ['TCP', true],
])('descriptors exhausted, over %s', (_what, tcp) => {
  labTest('prlimit')(
    'clients wait and are served as soon as there are some; who runs is not touched',
    async () => {
      const rig = await Rig.start({ tcp });
      const first = await rig.connect();
      await first.client.converse(5);
      await rig.tabled();
      // Enough for the second client, not for its server; none for a third.
      leaveDescriptors(rig.recorder.pid, 1);
      const waiting = [0, 1].map(() => rig.dial());
      const greeted = waiting.map(() => false);
      const closed = waiting.map(() => false);
      waiting.forEach((socket, place) => {
        onTestFinished(() => void socket.destroy());
        socket.on('data', () => (greeted[place] = true));
        socket.on('close', () => (closed[place] = true));
      });
      await rig.recorder.says(/too many files are open here \(see ulimit -n\); the client waits/);
      await rig.recorder.says(/cannot accept on .*too many open files.*; trying again/);
      expect(greeted).toEqual([false, false]);
      first.server.flood(50_000, 20e6); // more than a segment of the journal
      await until('the flood', () => first.client.received.length >= 20e6);
      await first.client.converse(20);
      leaveDescriptors(rig.recorder.pid, 100);
      await until('both to be served', () => greeted.every(Boolean));
      expect(closed).toEqual([false, false]);
      waiting.forEach((socket) => socket.destroy());
      await first.client.end();
      expect(await rig.end()).toBe(143);
      expect(rig.told().filter((line) => line.includes('recording'))).toEqual([]);
      expect(rig.told().filter((line) => line.includes('cannot accept'))).toHaveLength(1);
      const [kept] = rig.expectPrefix();
      expect(kept).toMatchObject({ c2s: first.client.sent.length, s2c: first.server.sent.length });
      expect(rig.incomplete()).toBeUndefined();
    },
  );
});
