import { describe, expect, test } from 'vitest';
import { imported } from '../../support/imported.js';

function told(text: string): { messages: string[]; skipped: readonly string[]; format: string | undefined } {
  const { recording, skipped, format } = imported(text);
  const messages = Array.from(recording.messages(), ({ session, dir, untimed, raw }) => {
    const json = Buffer.from(raw).toString().trim().replace(/\s+/g, ' ');
    return `${session} ${dir === 'c2s' ? '->' : '<-'}${untimed === true ? '?' : ''} ${json}`;
  });
  return { messages, skipped, format };
}

describe('messages in any text', () => {
  test.each([
    ['an arrow before them', '-> {"execute": "stop"}\n<- {"return": {}}'],
    ['no direction but their members', '{"execute": "stop"}\n{"return": {}}'],
    ['one after the other on a line', '{"execute": "stop"}{"return": {}} -- and prose {x}'],
    ['indented', '{\n  "execute":\n  "stop"\n}\n{\n  "return": {\n  }\n}'],
    ['words before them', 'DEBUG:qemu.qmp:--> {"execute": "stop"}\nDEBUG:qemu.qmp:<-- {"return": {}}'],
    ['quotes around them', `$ virsh qemu-monitor-command web7 '{"execute": "stop"}'\n{"return": {}}`],
    ['a log that is JSON around them', `{"msg":"{\\"execute\\": \\"stop\\"}"}\n{"msg":"{\\"return\\": {}}"}`],
    ['what was typed at a prompt', '(QEMU) stop\n{"return": {}}\n(QEMU)'],
    ['what a shell printed of it', '(QEMU) stop\n{\n  "execute": "stop"\n}\n{"return": {}}'],
  ])('%s', (_name, text) => {
    const { messages, skipped } = told(text);
    expect(messages.map((one) => one.replace(/\s/g, ''))).toEqual([
      '1->?{"execute":"stop"}',
      '1<-?{"return":{}}',
    ]);
    expect(skipped).toEqual([]);
  });

  test('the debug log of qemu.qmp, which prints them indented', () => {
    const { messages, format } = told(`DEBUG:asyncio:Using selector: EpollSelector
DEBUG:qemu.qmp.protocol.vm1:Transitioning from 'Runstate.IDLE' to 'Runstate.CONNECTING'.
2026-05-01 10:00:00,250 DEBUG:qemu.qmp.protocol.vm1:<-- {
  "QMP": {
    "version": {},
    "capabilities": []
  }
}
2026-05-01 10:00:00,251 DEBUG:qemu.qmp.protocol.vm1:--> {
  "execute": "qmp_capabilities",
  "id": "__qmp#00001"
}
2026-05-01 10:00:00,252 DEBUG:qemu.qmp.protocol.vm1:<-- {
  "return": {},
  "id": "__qmp#00001"
}
`);
    expect(format).toBe('text');
    expect(messages).toEqual([
      '1 <- { "QMP": { "version": {}, "capabilities": [] } }',
      '1 -> { "execute": "qmp_capabilities", "id": "__qmp#00001" }',
      '1 <- { "return": {}, "id": "__qmp#00001" }',
    ]);
  });

  test('times that are not printed in a test', () => {
    const { messages } = told(
      '{"timestamp": {"seconds":  TIMESTAMP, "microseconds":  TIMESTAMP}, "event": "STOP"}',
    );
    expect(messages).toEqual(['1 <-? {"timestamp": {"seconds": 0, "microseconds": 0}, "event": "STOP"}']);
  });

  test('a greeting, and a client that negotiates anew, begin sessions', () => {
    const negotiate = '{"execute":"qmp_capabilities"}\n{"return": {}}\n';
    expect(told(negotiate + negotiate).messages.map((one) => one.charAt(0))).toEqual(['1', '1', '2', '2']);
  });

  test('what is cut costs itself', () => {
    const { messages, skipped } = told(
      '{"execute": "sto\n{"return": {}}\n{"execute":\n{"event": "A"}\n{"x": 1}',
    );
    expect(messages).toEqual(['1 <-? {"return": {}}', '1 <-? {"event": "A"}']);
    expect(skipped).toHaveLength(3);
  });
});
