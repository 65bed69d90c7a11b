/** Traffic for tests of the store: what a small QEMU and its client would say to each other. */
import { utimesSync } from 'node:fs';
import type { Chunk, RecordingWriter, TrafficSink } from '../../src/recording/ports.js';
import type { Message } from '../../src/recording/message.js';
import type { SessionEnd, SessionStart } from '../../src/recording/session.js';
import { createEmptyFile, lockPath } from '../../src/store/disk/files.js';
import { JournalWriter } from '../../src/store/journal/journal-writer.js';
import { createRecording, type Recorder, type RecordOptions } from '../../src/store/index/recorder.js';

export const start: SessionStart = {
  label: 'web',
  dialect: undefined,
  client: { address: 'unix:/run/client.sock', pid: 12, uid: 0, gid: 0, program: 'libvirtd' },
  server: { address: 'unix:/run/qemu.sock' },
  started: 1_795_000_000_000_000,
};

export const greeting =
  '{"QMP": {"version": {"qemu": {"micro": 22, "minor": 2, "major": 7}, "package": ""}, "capabilities": ["oob"]}}\r\n';

export function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

export function text(message: Message | undefined): string | undefined {
  return message === undefined ? undefined : new TextDecoder().decode(message.raw);
}

/** A recorder whose troubles, if they are not expected, fail the test. */
export function record(path: string, options: Partial<RecordOptions> = {}): Promise<Recorder> {
  return createRecording(path, {
    createdBy: 'test',
    onTrouble: (line) => {
      throw new Error(line);
    },
    ...options,
  });
}

/** The negotiation and so many commands with their answers: 3 + 2 × `exchanges` messages. */
export function chatter(sink: TrafficSink, session: number, exchanges: number): void {
  let t = 2_000;
  const say = (dir: 'c2s' | 's2c', words: string): void => {
    sink.chunk(session, { dir, t: (t += 1_000), bytes: bytes(words), fds: 0 });
  };
  say('s2c', greeting);
  say('c2s', '{"execute":"qmp_capabilities","id":"libvirt-0"}\r\n');
  say('s2c', '{"return": {}, "id": "libvirt-0"}\r\n');
  for (let n = 1; n <= exchanges; n++) {
    say('c2s', `{"execute":"query-status","id":"libvirt-${n}"}\r\n`);
    say('s2c', `{"return": {"status": "running"}, "id": "libvirt-${n}"}\r\n`);
  }
}

/** Gives everything to both. */
export function bothWriters(one: RecordingWriter, other: RecordingWriter): RecordingWriter {
  return {
    openSession(id, from) {
      one.openSession(id, from);
      other.openSession(id, from);
    },
    add(message) {
      one.add(message);
      other.add(message);
    },
    append(session, seq, more) {
      one.append(session, seq, more);
      other.append(session, seq, more);
    },
    updateSession(id, update) {
      one.updateSession(id, update);
      other.updateSession(id, update);
    },
  };
}

/** What a tap is told, and a recorder too. */
export interface Told {
  open(session: number, from: SessionStart, t: number): void;
  chunk(session: number, chunk: Chunk): void;
  inject(session: number, t: number, bytes: Uint8Array): void;
  note(session: number, t: number, text: string): void;
  close(session: number, t: number, end: SessionEnd, reason: string | undefined): void;
}

/**
 * Interleaved sessions with everything that a recording can hold: all kinds, large frames that come
 * again, descriptors, slow and missing answers, out-of-band, injected commands, garbage, split frames.
 */
export function variedTraffic(to: Told, sessions: number, rounds: number): void {
  const random = numbers(7);
  let t = 0;
  const say = (session: number, dir: 'c2s' | 's2c', words: string, fds = 0): void => {
    const all = bytes(words);
    const cut = random(4) === 0 ? random(all.length) : 0;
    if (cut > 0) to.chunk(session, { dir, t: t++, bytes: all.subarray(0, cut), fds });
    to.chunk(session, { dir, t: (t += 500), bytes: all.subarray(cut), fds: cut > 0 ? 0 : fds });
  };
  for (let session = 1; session <= sessions; session++) {
    to.open(
      session,
      { ...start, label: session === 3 ? undefined : `web-${session}`, started: session },
      t++,
    );
    say(session, 's2c', greeting);
    say(session, 'c2s', '{"execute": "qmp_capabilities", "id": "n-0"}\r\n');
    say(session, 's2c', '{"return": {}, "id": "n-0"}\r\n');
  }
  for (let round = 1; round <= rounds; round++) {
    const session = 1 + random(sessions);
    const id = [`"n-${round}"`, String(round), `{"a": [${round}]}`, `'n-${round}'`][random(4)] ?? '';
    const echoed = id.replaceAll("'", '"');
    switch (random(12)) {
      case 0:
        say(session, 's2c', `{"event": "${['STOP', 'RESUME', 'BLOCK_JOB_READY'][random(3)] ?? ''}"}\r\n`);
        break;
      case 1:
        say(session, 'c2s', `{"execute": "no-such", "id": ${id}}`);
        say(session, 's2c', `{"id": ${echoed}, "error": {"class": "CommandNotFound", "desc": "no"}}\r\n`);
        break;
      case 2:
        say(session, 'c2s', `{"execute": "query-qmp-schema", "id": ${id}}\n`);
        say(session, 's2c', `{"return": ["${'a'.repeat(5_000)}b"], "id": ${echoed}}\r\n`);
        break;
      case 3:
        say(
          session,
          'c2s',
          `{"execute": "getfd", "arguments": {"fdname": "f"}, "id": ${id}}\r\n`,
          1 + random(2),
        );
        t += 30_000_000;
        say(session, 's2c', `{"return": {}, "id": ${echoed}}\r\n`);
        break;
      case 4:
        say(session, 'c2s', ['%p\n', '\xff', '{"execute": }\r\n', '{]\r\n'][random(4)] ?? '');
        to.chunk(session, { dir: 'c2s', t: t++, bytes: bytes('   '), fds: 0 });
        to.chunk(session, { dir: 'c2s', t: t++, bytes: bytes(' \r\n'), fds: 0 });
        if (random(2) === 0)
          say(session, 's2c', '{"error": {"class": "GenericError", "desc": "JSON parse error, no"}}\r\n');
        break;
      case 5:
        to.inject(session, t++, bytes(`{"execute": "query-name", "id": ${id}}`));
        say(session, 's2c', `{"return": {"name": "é running"}, "id": ${echoed}}\r\n`);
        break;
      case 6:
        if (random(5) === 0) say(session, 'c2s', `{"exec-oob": "query-yank", "id": ${id}}`);
        else to.note(session, t++, `a note ${round}`);
        break;
      case 7:
        say(session, 's2c', '{"unknown": 1}\r\n');
        break;
      default:
        say(
          session,
          'c2s',
          `{"execute": "query-status", "arguments": {"driver": "virtio${round}"}, "id": ${id}}\r\n`,
        );
        say(session, 's2c', `{"return": {"status": "running"}, "id": ${echoed}}\r\n`);
    }
  }
  for (let session = 1; session <= sessions; session++) {
    if (session === 2) to.chunk(session, { dir: 'c2s', t: t++, bytes: Uint8Array.of(0xff), fds: 0 });
    say(session, 'c2s', '{"execute": "cut');
    to.close(session, t++, 'client-reset', session === 1 ? 'ECONNRESET' : undefined);
  }
}

/** Numbers below a bound, the same every time (xorshift). */
export function numbers(seed: number): (bound: number) => number {
  let state = seed;
  return (bound) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % bound;
  };
}

/** The files of a recording whose writer is gone, with a journal of many small segments. */
export function crashed(
  path: string,
  traffic: (to: Told, journal: JournalWriter) => void,
  segmentSize?: number,
): JournalWriter {
  createEmptyFile(path);
  utimesSync(path, 1, 1); // not a moment ago, when its recorder might still be starting
  createEmptyFile(lockPath(path));
  const journal = new JournalWriter(path, {
    recording: new Uint8Array(16).fill(1),
    durable: false,
    segmentSize,
    onFailure: (reason) => {
      throw new Error(reason);
    },
  });
  const words = (value: unknown): Uint8Array => bytes(JSON.stringify(value));
  journal.append({
    type: 'begin',
    session: 0,
    dir: 'c2s',
    t: 0,
    payload: words({ createdBy: 'crashed', created: 5 }),
    fds: 0,
  });
  const to: Told = {
    open: (session, from, t) => {
      journal.append({ type: 'open', session, dir: 'c2s', t, payload: words(from), fds: 0 });
    },
    chunk: (session, { dir, t, bytes: chunk, fds }) => {
      journal.append({ type: 'chunk', session, dir, t, payload: chunk, fds });
    },
    inject: (session, t, command) => {
      journal.append({ type: 'inject', session, dir: 'c2s', t, payload: command, fds: 0 });
    },
    note: (session, t, text) => {
      journal.append({ type: 'note', session, dir: 'c2s', t, payload: bytes(text), fds: 0 });
    },
    close: (session, t, end, reason) => {
      journal.append({ type: 'close', session, dir: 'c2s', t, payload: words({ end, reason }), fds: 0 });
    },
  };
  traffic(to, journal);
  journal.close();
  return journal;
}
