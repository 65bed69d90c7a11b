/**
 * A conversation written as text, as the inputs of several targets are. Each line is a chunk: `-> ` of the
 * client, `<- ` of the server, both with CRLF at the end; `>` and `<` without; `= ` begins another session,
 * `.` ends one; `+` waits; anything else goes to who spoke last, as it is. A character is a byte.
 */
import { Tap } from '../../../src/proxy/tap.js';
import type { Direction } from '../../../src/recording/message.js';
import { MemoryRecording } from '../../../src/recording/memory.js';
import type { RecordingWriter, TrafficSink } from '../../../src/recording/ports.js';
import { sessionEnds } from '../../../src/recording/session.js';
import { memorySink } from '../../support/imported.js';
import { fromLatin1, latin1 } from '../../support/frames.js';
import { greeting, sessionStart } from '../../support/recorded.js';

/** What such texts are made of. */
export const conversationWords: readonly string[] = [
  '\n-> {"execute":"', '\n<- {"return": {}}', '\n<- {"event": "', '\n<- {"error": {"class": "GenericError", "desc": "', '"id":', '"arguments":{',
  '\n+\n', '\n= vm\n', '\n.\n', '\n>', '\n<', '\xff', 'qmp_capabilities', 'device_del', 'query-jobs', 'migrate', 'JOB_STATUS_CHANGE', 'guest-sync',
  'guest-exec', 'transaction', 'block-job-cancel', 'human-monitor-command', 'query-qmp-schema', '"timestamp": {"seconds": 1, "microseconds": 2}',
]; // prettier-ignore

export const conversationSeeds: readonly string[] = [
  `<- ${greeting}\n-> {"execute":"qmp_capabilities","id":1}\n<- {"return": {}, "id": 1}\n-> {"execute":"query-status"}\n+\n<- {"return": {"running": true}}\n.`,
  '= vm\n-> {"exec-oob":"yank","id":"a"}\n-> {"execute":"device_del","arguments":{"id":"d"},"id":"b"}\n<- {"return": {}, "id": "b"}\n<- {"return": {}, "id": "a"}\n<- {"timestamp": {"seconds": 1, "microseconds": 2}, "event": "DEVICE_DELETED", "data": {"device": "d", "path": "/x"}}\n.',
  '-> \xff{"execute":"guest-sync-delimited","arguments":{"id":7}}\n<- \xff{"return": 7}\n-> {"execute":"guest-exec","arguments":{"path":"x"}}\n<- {"return": {"pid": 3}}\n-> {"execute":"guest-exec-status","arguments":{"pid":3}}\n<- {"return": {"exited": true, "exitcode": 0}}',
  '-> {"execute":"blockdev-mirror","arguments":{"job-id":"j"}}\n<- {"return": {}}\n<- {"event": "JOB_STATUS_CHANGE", "data": {"id": "j", "status": "concluded"}}\n<- {"event": "BLOCK_JOB_COMPLETED", "data": {"device": "j", "error": "no"}}\n-> {"execute":"migrate"}\n<- {"return": {}}\n<- {"event": "MIGRATION", "data": {"status": "completed"}}',
  '-> {"execute":"query-qmp-schema"}\n<- {"return": [{"name":"stop","meta-type":"command","arg-type":"0","ret-type":"0"},{"name":"0","meta-type":"object","members":[{"name":"a","type":"str"}]},{"name":"str","meta-type":"builtin","json-type":"string"}]}\n-> {"execute":"stop","arguments":{"a":1,"b":2}}\n<- {"error": {"class": "GenericError", "desc": "no \\u001b"}}',
  '-> {"execute": @}\n<- {"error": {"class": "GenericError", "desc": "JSON parse error, stray \'@\'"}}\n>{"half":\n<{"ret\n.',
];

/** Tells the conversation to a sink. */
export function tell(input: Uint8Array, sink: TrafficSink): void {
  let session: number | undefined;
  let dir: Direction = 'c2s';
  let t = 0;
  const open = (label?: string): number => sink.open(sessionStart({ label }), t);
  for (const line of latin1(input).split('\n')) {
    t += 1_000;
    const of = (length: number, end: string): void => {
      session ??= open();
      sink.chunk(session, {
        dir,
        t,
        bytes: fromLatin1(line.slice(length) + end),
        fds: line.length % 7 === 6 ? 1 : 0,
      });
    };
    if (line === '+') t += 30_000_000;
    else if (line === '.' || line.startsWith('= ')) {
      if (session !== undefined)
        sink.close(session, t, sessionEnds[line.length % sessionEnds.length] ?? 'stopped', undefined);
      session = line === '.' ? undefined : open(line.slice(2));
    } else {
      if (line.startsWith('>') || line.startsWith('-> ')) dir = 'c2s';
      else if (line.startsWith('<')) dir = 's2c';
      if (line.startsWith('-> ') || line.startsWith('<- ')) of(3, '\r\n');
      else of(line.startsWith('>') || line.startsWith('<') ? 1 : 0, '');
    }
  }
}

/** The conversation as a recording in memory. */
export function conversation(input: Uint8Array): MemoryRecording {
  const recording = new MemoryRecording();
  tell(input, memorySink(recording));
  return recording;
}

/** Writes the conversation, cut off at its end as after a crash. */
export function cutOff(recording: RecordingWriter, input: Uint8Array): void {
  const tap = new Tap(recording);
  let sessions = 0;
  tell(input, {
    open: (start, t) => {
      tap.open(++sessions, start, t);
      return sessions;
    },
    chunk: (...chunk) => {
      tap.chunk(...chunk);
    },
    inject: () => undefined,
    note: () => undefined,
    close: (...close) => {
      tap.close(...close);
    },
  });
  tap.cutOff();
}
