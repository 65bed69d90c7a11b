import { describe, expect, test } from 'vitest';
import { imported } from '../../support/imported.js';

function told(log: string): { messages: string[]; skipped: readonly string[]; format: string | undefined } {
  const { recording, skipped, format } = imported(log);
  const messages = Array.from(recording.messages(), ({ session, dir, t, fds, raw }) => {
    const json = Buffer.from(raw).toString().trim();
    return `${session} ${t / 1e3} ${dir === 'c2s' ? '->' : '<-'}${fds > 0 ? ` +${fds}` : ''} ${json}`;
  });
  return { messages, skipped, format };
}

describe("strace's output", () => {
  test('of a client, interrupted, with a descriptor', () => {
    const log = String.raw`execve("/usr/bin/virsh", ["virsh"], 0x7ffd /* 20 vars */) = 0
[pid  7] 1777629600.000000 recvmsg(5,  <unfinished ...>
[pid  8] 1777629600.000001 write(2, "{oops", 5) = 5
[pid  7] 1777629600.000002 <... recvmsg resumed> {msg_name=NULL, msg_namelen=0, msg_iov=[{iov_base="{\"QMP\": {}}\r\n", iov_len=1024}], msg_iovlen=1, msg_controllen=0, msg_flags=0}, 0) = 13
[pid  7] 1777629600.000003 sendmsg(5, {msg_name=NULL, msg_namelen=0, msg_iov=[{iov_base="{\"execute\":\"getfd\",\"arguments\":{\"fdname\":\"\303\251\"}}\r\n", iov_len=49}], msg_iovlen=1, msg_control=[{cmsg_len=20, cmsg_level=SOL_SOCKET, cmsg_type=SCM_RIGHTS, cmsg_data=[18]}], msg_controllen=24, msg_flags=0}, 0) = 49
[pid  7] 1777629600.000004 read(5, "{\"retu", 6) = 6
[pid  7] 1777629600.000005 read(5, "rn\": {}}\r\n{\"event\": \"STOP\"}\r\n", 4096) = 29
[pid  7] 1777629600.000006 close(5) = 0
`;
    expect(told(log)).toEqual({
      format: 'strace',
      skipped: [],
      messages: [
        '1 0 <- {"QMP": {}}',
        '1 1 -> +1 {"execute":"getfd","arguments":{"fdname":"é"}}',
        '1 3 <- {"return": {}}',
        '1 3 <- {"event": "STOP"}',
      ],
    });
    expect(imported(log).recording.sessions()[0]?.end).toBe('client-closed');
  });

  test('of QEMU, which reads byte by byte', () => {
    const command = '{"execute":"stop"}\n';
    const reads = Array.from(
      command,
      (unit, at) =>
        `9 10:00:00.0000${String(at + 10)} recvmsg(12<UNIX-STREAM:[1->2]>, {msg_name=NULL, msg_iov=[{iov_base=${JSON.stringify(unit)}, iov_len=1}], msg_iovlen=1}, MSG_CMSG_CLOEXEC) = 1`,
    );
    const answer = String.raw`9 10:00:00.000040 sendmsg(12<UNIX-STREAM:[1->2]>, {msg_iov=[{iov_base="{\"return\": {}}\r\n", iov_len=16}], msg_iovlen=1}, 0) = 16`;
    expect(told([...reads, answer].join('\n')).messages).toEqual([
      '1 0 -> {"execute":"stop"}',
      '1 13 <- {"return": {}}',
    ]);
  });

  test('what it has cut is named', () => {
    const log = String.raw`write(5, "{\"execute\":\"query-statu"..., 35) = 35
read(5, "{\"return\": {}}\r\n", 4096) = 16`;
    expect(told(log)).toMatchObject({
      messages: ['1 0 <- {"return": {}}'],
      skipped: ['1: a message that strace has cut; trace with -s 1000000'],
    });
  });
});
