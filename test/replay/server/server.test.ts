import { describe, expect, test } from 'vitest';
import { planSession } from '../../../src/replay/plan/plan.js';
import { Conversation, greeting, planned, recorded, script, textOf } from '../playbook.js';

const start = `
  <- ${greeting}
  -> {"execute":"qmp_capabilities","id":"libvirt-1"}
  <- {"return": {}, "id": "libvirt-1"}
`;

const session = `${start}
  -> {"execute":"query-status","id":"libvirt-2"}
  <- {"return": {"status": "running", "running": true}, "id": "libvirt-2"}
  -> {"execute":"stop","id":"libvirt-3"}
  <- {"timestamp": {"seconds": 1, "microseconds": 2}, "event": "STOP"}
  <- {"return": {}, "id": "libvirt-3"}
  <- {"timestamp": {"seconds": 1, "microseconds": 3}, "event": "RESET"}
  -> {"execute":"query-status","id":"libvirt-4"}
  <- {"return": {"status": "paused", "running": false}, "id": "libvirt-4"}
`;

describe('a recorded server of 11.1', () => {
  const eagerStart = start.replace('"minor": 2, "major": 7', '"minor": 1, "major": 11');

  test('refuses a message where the recorded one did, and skips the rest in silence', () => {
    const plan = planned(`${eagerStart}
      -> {"execute" "stop"\\
      <- {"error": {"class": "GenericError", "desc": "2:12: JSON parse error, expecting ':'"}}
      -> ,"id":5}
      -> {"execute":"stop","id":6}
      <- {"return": {}, "id": 6}
    `);
    const conversation = new Conversation(plan).say('{"execute":"qmp_capabilities","id":"libvirt-1"}');
    conversation.lines.length = 0;
    conversation.say('{"execute" "stop"\\').say(',"id":5}').say('{"execute":"stop","id":6}').hangUp();
    expect(conversation.script).toBe(
      script(`
      -> {"execute" "stop"\\
      <- {"error": {"class": "GenericError", "desc": "2:12: JSON parse error, expecting ':'"}}
      -> ,"id":5}
      -> {"execute":"stop","id":6}
      <- {"return": {}, "id": 6}
      -> (closes)
      <- (closes)
    `),
    );
    expect(conversation.server.account.finish()).toBeUndefined();
  });

  test('refuses what it was not asked then in the words of its version', () => {
    const conversation = new Conversation(planned(eagerStart))
      .say('{"execute":"qmp_capabilities","id":"libvirt-1"}')
      .send('{"execute":"stop"');
    conversation.lines.length = 0;
    conversation.send('{');
    expect(conversation.script).toContain(`"desc": "2:18: JSON parse error, expected ',' or '}'"`);
  });
});

describe('strict', () => {
  test('answers as recorded, with events where they were caused', () => {
    const conversation = new Conversation(planned(session))
      .say('{"execute":"qmp_capabilities","id":"libvirt-1"}')
      .say('{"execute":"query-status","id":"libvirt-2"}')
      .say('{"execute":"stop","id":"libvirt-3"}')
      .say('{"execute":"query-status","id":"libvirt-4"}')
      .hangUp();
    expect(conversation.script).toBe(
      script(`${session}
      -> (closes)
      <- (closes)
    `),
    );
    expect(conversation.server.account.finish()).toBeUndefined();
    expect(conversation.server.sentNow(2)).toMatchObject({ id: '"libvirt-1"' });
    expect(conversation.server.sentNow(3)).toBeUndefined();
  });

  test('gives back the id that comes, of any type, in any spelling', () => {
    const plan = planned(session);
    const conversation = new Conversation(plan)
      .say(`{'id': 'a"b', 'execute': 'qmp_capabilities'}`)
      .say('{"execute" : "query-status" , "id" : {"b": [1.50, null], "a": 9223372036853727232}}')
      .say('{"execute":"stop"}')
      .say('{"execute":"query-status","id":null}');
    expect(conversation.script).toBe(
      script(`
      <- ${greeting}
      -> {'id': 'a"b', 'execute': 'qmp_capabilities'}
      <- {"return": {}, "id": "a\\"b"}
      -> {"execute" : "query-status" , "id" : {"b": [1.50, null], "a": 9223372036853727232}}
      <- {"return": {"status": "running", "running": true}, "id": {"b": [1.50, null], "a": 9223372036853727232}}
      -> {"execute":"stop"}
      <- {"timestamp": {"seconds": 1, "microseconds": 2}, "event": "STOP"}
      <- {"return": {}}
      <- {"timestamp": {"seconds": 1, "microseconds": 3}, "event": "RESET"}
      -> {"execute":"query-status","id":null}
      <- {"return": {"status": "paused", "running": false}, "id": null}
    `),
    );
  });

  test('refuses what is not recorded here, and goes on where it was', () => {
    const conversation = new Conversation(planned(session))
      .say('{"execute":"qmp_capabilities"}')
      .say('{"execute":"query-state","id":7}')
      .say('{"execute":"query-status"}')
      .hangUp();
    expect(conversation.lines.slice(3)).toEqual([
      '-> {"execute":"query-state","id":7}',
      "   ! miss: 'query-state' is not what was recorded here, 'query-status' (message 4)",
      `<- {"id": 7, "error": {"class": "GenericError", "desc": "qmptap replay: 'query-state' is not what was recorded here, 'query-status' (message 4)"}}`,
      '-> {"execute":"query-status"}',
      '<- {"return": {"status": "running", "running": true}}',
      '-> (closes)',
      '<- (closes)',
    ]);
    expect(conversation.accounts).toEqual([
      `session 1: 'query-state' is not what was recorded here, 'query-status' (message 4)
    #1    <- ${greeting}
    #2    -> {"execute":"qmp_capabilities","id":"libvirt-1"}
    #3    <- {"return": {}, "id": "libvirt-1"}
  expected
    #4    -> {"execute":"query-status","id":"libvirt-2"}
  actual
          -> {"execute":"query-state","id":7}
  nearest recorded
    #4    -> {"execute":"query-status","id":"libvirt-2"}
             another command`,
    ]);
    expect(conversation.server.account.finish()?.summary).toBe(
      '2 recorded messages were never sent by the client',
    );
  });

  test('sends no answer before the one that overtook it', () => {
    const plan = planned(`${start}
      -> {"execute":"human-monitor-command","arguments":{"command-line":"x"},"id":1}
      -> {"exec-oob":"query-yank","id":2}
      <- {"return": [], "id": 2}
      <- {"return": "", "id": 1}
    `);
    const conversation = new Conversation(plan)
      .say('{"execute":"qmp_capabilities"}')
      .say('{"execute":"human-monitor-command","arguments":{"command-line":"x"},"id":"a"}')
      .say('{"exec-oob":"query-yank","id":"b"}');
    expect(conversation.lines.slice(-4)).toEqual([
      '-> {"execute":"human-monitor-command","arguments":{"command-line":"x"},"id":"a"}',
      '-> {"exec-oob":"query-yank","id":"b"}',
      '<- {"return": [], "id": "b"}',
      '<- {"return": "", "id": "a"}',
    ]);
  });

  test('takes commands that come before the greeting was read, and all at once', () => {
    const conversation = new Conversation(planned(session)).send(
      '{"execute":"qmp_capabilities"}{"execute":"query-status","id":1}{"execute":"stop","id":2}',
    );
    expect(conversation.lines).toEqual([
      `<- ${greeting}`,
      '<- {"return": {}}',
      '<- {"return": {"status": "running", "running": true}, "id": 1}',
      '<- {"timestamp": {"seconds": 1, "microseconds": 2}, "event": "STOP"}',
      '<- {"return": {}, "id": 2}',
      '<- {"timestamp": {"seconds": 1, "microseconds": 3}, "event": "RESET"}',
    ]);
  });

  test('closes where the recorded server closed', () => {
    const plan = planned(
      `${start}
      -> {"execute":"quit"}
      <- {"timestamp": {"seconds": 1, "microseconds": 2}, "event": "SHUTDOWN", "data": {"guest": false, "reason": "host-qmp-quit"}}
      <- {"return": {}}`,
      { end: 'server-closed' },
    );
    const conversation = new Conversation(plan)
      .say('{"execute":"qmp_capabilities"}')
      .say('{"execute":"quit"}');
    expect(conversation.lines.slice(-2)).toEqual(['<- {"return": {}}', '<- (closes)']);
    expect(conversation.server.receive(new Uint8Array([0x7b]), 0)).toEqual([]);
  });

  test('breaks off where the recorded server broke off', () => {
    const plan = planned(
      `${start}
      -> {"execute":"query-status"}
      <- {"return": {"stat\\`,
      { end: 'server-reset' },
    );
    const conversation = new Conversation(plan)
      .say('{"execute":"qmp_capabilities"}')
      .say('{"execute":"query-status"}');
    expect(conversation.lines.slice(-2)).toEqual(['<- {"return": {"stat', '<- (resets)']);
  });
});

describe('content', () => {
  const plan = planned(`${start}
    -> {"execute":"query-migrate","id":1}
    <- {"return": {"status": "active"}, "id": 1}
    -> {"execute":"device_add","arguments":{"driver":"e1000","id":"n1"},"id":2}
    <- {"return": {}, "id": 2}
    <- {"timestamp": {"seconds": 1, "microseconds": 2}, "event": "NIC_RX_FILTER_CHANGED", "data": {}}
    -> {"execute":"query-migrate","id":3}
    <- {"return": {"status": "completed"}, "id": 3}
  `);

  test('answers in any order, members in any order, by what has happened', () => {
    const conversation = new Conversation(plan, { match: 'content' })
      .say('{"execute":"query-migrate","id":"v"}')
      .say('{"execute":"query-migrate","id":"w"}')
      .say('{"execute":"device_add","arguments":{"id":"n1","driver":"e1000"},"id":"x"}')
      .say('{"execute":"query-migrate","id":"y"}')
      .say('{"id":"z","execute":"query-migrate"}')
      .say('{"execute":"device_add","arguments":{"driver":"e1000","id":"n1"},"id":3}');
    expect(conversation.script).toBe(
      script(`
      <- ${greeting}
      -> {"execute":"query-migrate","id":"v"}
      <- {"return": {"status": "active"}, "id": "v"}
      -> {"execute":"query-migrate","id":"w"}
      <- {"return": {"status": "active"}, "id": "w"}
      -> {"execute":"device_add","arguments":{"id":"n1","driver":"e1000"},"id":"x"}
      <- {"return": {}, "id": "x"}
      <- {"timestamp": {"seconds": 1, "microseconds": 2}, "event": "NIC_RX_FILTER_CHANGED", "data": {}}
      -> {"execute":"query-migrate","id":"y"}
      <- {"return": {"status": "completed"}, "id": "y"}
      -> {"id":"z","execute":"query-migrate"}
      <- {"return": {"status": "completed"}, "id": "z"}
      -> {"execute":"device_add","arguments":{"driver":"e1000","id":"n1"},"id":3}
    `) +
        `
   ! miss: 'device_add' was sent more often than recorded; all its answers have been given
<- {"id": 3, "error": {"class": "GenericError", "desc": "qmptap replay: 'device_add' was sent more often than recorded; all its answers have been given"}}`,
    );
    expect(conversation.server.account.finish()).toBeUndefined();
  });

  test('repeats a change only where that was asked for, and without its events', () => {
    const conversation = new Conversation(plan, { match: 'content', repeat: ['device_add'] });
    for (let add = 0; add < 2; add++) {
      conversation.say('{"execute":"device_add","arguments":{"driver":"e1000","id":"n1"}}');
    }
    expect(conversation.lines.filter((line) => line.startsWith('<-')).slice(1)).toEqual([
      '<- {"return": {}}',
      '<- {"timestamp": {"seconds": 1, "microseconds": 2}, "event": "NIC_RX_FILTER_CHANGED", "data": {}}',
      '<- {"return": {}}',
    ]);
    expect(Object.fromEntries(conversation.server.account.repeats)).toEqual({ device_add: 1 });
    expect(conversation.accounts).toEqual([]);
  });

  test('shows how the nearest recorded command differs', () => {
    const conversation = new Conversation(plan, { match: 'content' }).say(
      '{"execute":"device_add","arguments":{"driver":"virtio-net","id":"n1","bus":"pci.0"}}',
    );
    expect(conversation.accounts[0]).toContain(
      `session 1: 'device_add' was not recorded with these arguments`,
    );
    expect(conversation.accounts[0]).toContain(
      `arguments.driver: recorded "e1000", got "virtio-net"; arguments.bus: recorded nothing, got "pci.0"`,
    );
  });
});

describe('a client of another pace', () => {
  const poll = (status: string, id: number) =>
    `-> {"execute":"query-jobs","id":${id}}\n<- {"return": [{"id": "copy", "status": "${status}"}], "id": ${id}}`;
  const changed = (status: string) =>
    `<- {"event": "JOB_STATUS_CHANGE", "data": {"status": "${status}", "id": "copy"}}`;
  const copying = planned(
    `${start}
    -> {"execute":"blockdev-mirror","arguments":{"job-id":"copy","device":"a","target":"#block045"},"id":1}
    ${changed('created')}
    <- {"return": {}, "id": 1}
    ${poll('running', 2)}
    ${poll('running', 3)}
    ${changed('ready')}
    ${poll('ready', 4)}
    -> {"execute":"job-complete","arguments":{"id":"copy"},"id":5}
    <- {"return": {}, "id": 5}
    ${poll('waiting', 6)}
    ${changed('concluded')}
    -> {"execute":"job-dismiss","arguments":{"id":"copy"},"id":7}
    <- {"return": {}, "id": 7}
    ${poll('none', 8)}
  `,
    { step: 1e6 },
  );
  const statuses = (conversation: Conversation) =>
    conversation.lines.flatMap((line) => /"status": "(\w+)"/.exec(line)?.[1] ?? []);
  const begin = (pace: number) =>
    new Conversation(copying, { match: 'content', pace })
      .say('{"execute":"qmp_capabilities"}')
      .at(100e6)
      .say(
        '{"execute":"blockdev-mirror","arguments":{"job-id":"copy","device":"a","target":"#block045"},"id":1}',
      );

  test('that never asks has all events, in their time', () => {
    const conversation = begin(1).at(150e6);
    expect(statuses(conversation)).toEqual(['created', 'ready']);
    conversation.say('{"execute":"job-complete","arguments":{"id":"copy"},"id":5}').at(200e6);
    expect(statuses(conversation)).toEqual(['created', 'ready', 'concluded']);
    expect(conversation.accounts).toEqual([]);
  });

  test('that asks much is told what is so, again and again', () => {
    const conversation = begin(1);
    for (let at = 0; at < 5; at++) conversation.say('{"execute":"query-jobs","id":0}');
    conversation.at(103e6);
    expect(statuses(conversation)).toEqual(['created', ...Array<string>(5).fill('running')]);
    conversation.at(150e6);
    for (let at = 0; at < 3; at++) conversation.say('{"execute":"query-jobs","id":0}');
    conversation.at(200e6);
    expect(statuses(conversation).slice(6)).toEqual(['ready', 'ready', 'ready', 'ready']);
    expect(conversation.accounts).toEqual([]);
  });

  test('that goes on early has what it goes on from', () => {
    const conversation = begin(0.001).say('{"execute":"job-complete","arguments":{"id":"copy"},"id":5}');
    expect(statuses(conversation)).toEqual(['created', 'ready']);
    expect(conversation.accounts).toEqual([]);
  });

  test('has the same as recorded if it does the same, at any speed', () => {
    const conversation = new Conversation(copying, { match: 'content' });
    for (const { message } of copying.steps)
      if (message.dir === 'c2s') conversation.say(textOf(message.raw).trim());
    const recorded = copying.steps.map(
      ({ message }) => `${message.dir === 'c2s' ? '->' : '<-'} ${textOf(message.raw).trim()}`,
    );
    expect(conversation.lines.filter((line) => !line.startsWith(' '))).toEqual(recorded);
  });

  test('makes up names of its own', () => {
    const plan = planned(`${start}
      -> {"execute":"screendump","arguments":{"filename":"/tmp/dump.XyZ123"},"id":1}
      <- {"error": {"class": "GenericError", "desc": "cannot write /tmp/dump.XyZ123"}, "id": 1}
    `);
    const conversation = new Conversation(plan, { match: 'content' }).say(
      '{"execute":"screendump","arguments":{"filename":"/tmp/dump.aBc789"},"id":"x"}',
    );
    expect(conversation.lines.at(-1)).toBe(
      '<- {"error": {"class": "GenericError", "desc": "cannot write /tmp/dump.aBc789"}, "id": "x"}',
    );
    expect(conversation.accounts).toEqual([]);
  });
});

describe('what the client should not send', () => {
  test('is answered as QEMU does where it was not recorded', () => {
    const conversation = new Conversation(planned(start))
      .say('{"execute":"qmp_capabilities"}')
      .say('{"execute": @}')
      .say('[]')
      .say('{"execute":1,"id":3}');
    expect(conversation.lines.filter((line) => line.startsWith('<-')).slice(2)).toEqual([
      `<- {"error": {"class": "GenericError", "desc": "JSON parse error, stray '@'"}}`,
      `<- {"error": {"class": "GenericError", "desc": "JSON parse error, expecting value"}}`,
      `<- {"error": {"class": "GenericError", "desc": "QMP input must be a JSON object"}}`,
      `<- {"id": 3, "error": {"class": "GenericError", "desc": "QMP input member 'execute' must be a string"}}`,
    ]);
    expect(conversation.accounts).toHaveLength(4);
  });

  test('is answered as recorded where it was', () => {
    const plan = planned(`${start}
      -> {"execute": @\\
      <- {"error": {"class": "GenericError", "desc": "JSON parse error, stray '@' in the recorded words"}}
      -> }
      <- {"error": {"class": "GenericError", "desc": "JSON parse error, expecting value"}}
    `);
    const conversation = new Conversation(plan).say('{"execute":"qmp_capabilities"}').say('{"execute": @}');
    expect(conversation.lines.slice(-2)).toEqual([
      `<- {"error": {"class": "GenericError", "desc": "JSON parse error, stray '@' in the recorded words"}}`,
      `<- {"error": {"class": "GenericError", "desc": "JSON parse error, expecting value"}}`,
    ]);
    expect(conversation.accounts).toEqual([]);
  });

  test('is told if it is half a message', () => {
    const conversation = new Conversation(planned(start))
      .say('{"execute":"qmp_capabilities"}')
      .send('{"execute":"qu')
      .hangUp();
    expect(conversation.lines.slice(-2)).toEqual([
      '   ! closed-early: the client closed in the middle of a message',
      '<- (closes)',
    ]);
  });
});

describe('a miss', () => {
  test('can close the connection', () => {
    const conversation = new Conversation(planned(session), { onMiss: 'close' }).say(
      '{"execute":"query-block"}',
    );
    expect(conversation.lines.slice(-2)).toEqual([
      "   ! miss: 'query-block' is not what was recorded here, 'qmp_capabilities' (message 2)",
      '<- (closes)',
    ]);
  });

  test('can be left to a real server, whose answer keeps its place', () => {
    const conversation = new Conversation(planned(session), { onMiss: 'forward' });
    conversation.say('{"execute":"query-block","id":1}').say('{"execute":"qmp_capabilities","id":2}');
    conversation.answer('{"return": [], "id": 1}\r\n');
    expect(conversation.lines.slice(1)).toEqual([
      '-> {"execute":"query-block","id":1}',
      '   (forwards {"execute":"query-block","id":1})',
      '-> {"execute":"qmp_capabilities","id":2}',
      '<- {"return": [], "id": 1}',
      '<- {"return": {}, "id": 2}',
    ]);
    conversation.say('{"execute":"query-block","id":3}').answer(undefined);
    expect(conversation.lines.at(-1)).toBe(
      '<- {"id": 3, "error": {"class": "GenericError", "desc": "qmptap replay: the server that this was forwarded to is gone"}}',
    );
    expect(conversation.accounts).toEqual([]);
  });
});

describe('a recording that was cut off', () => {
  test('does not leave a client waiting for an answer that nobody knows', () => {
    const plan = planned(
      `${start}
      -> {"execute":"query-status","id":1}`,
      { end: 'cut-off' },
    );
    const conversation = new Conversation(plan)
      .say('{"execute":"qmp_capabilities"}')
      .say('{"execute":"query-status"}');
    expect(conversation.lines.slice(-2)).toEqual([
      "   ! unanswered: the recording ends before the answer to 'query-status'",
      `<- {"error": {"class": "GenericError", "desc": "qmptap replay: the recording ends before the answer to 'query-status'"}}`,
    ]);
  });
});

test('an answer that came to the next client has the id that the earlier one sent', () => {
  const { session: recordedSession, messages } = recorded(`
    <- ${greeting}
    <- {"return": {}, "id": "old"}
  `);
  const late = messages.map((message) =>
    message.seq === 2 ? { ...message, late: { session: 7, seq: 3 } } : message,
  );
  const plan = planSession(recordedSession, late, { injected: 'leave-out' });
  const sent = (id: string | undefined): string[] =>
    new Conversation(plan, {
      earlier: (ref) => (ref.session === 7 && ref.seq === 3 ? { id } : undefined),
    }).lines.slice(1);
  expect(sent('"new"')).toEqual(['<- {"return": {}, "id": "new"}']);
  expect(sent(undefined)).toEqual(['<- {"return": {}}']);
  expect(new Conversation(plan).lines.slice(1)).toEqual(['<- {"return": {}, "id": "old"}']);
});

describe('an excerpt without a greeting', () => {
  const excerpt = `
    -> {"execute":"stop","id":1}
    <- {"return": {}, "id": 1}
  `;

  test.each(['strict', 'content'] as const)(
    '%s: a client that begins properly is answered, once',
    (match) => {
      const negotiate = '{"execute":"qmp_capabilities","id":"a"}';
      const conversation = new Conversation(planned(excerpt), { match })
        .say(negotiate)
        .say('{"execute":"stop","id":2}');
      expect(conversation.script).toMatch(
        /^<- \{"QMP".*\n-> .*qmp_capabilities.*\n<- \{"return": \{\}, "id": "a"\}\n-> .*stop.*\n<- \{"return": \{\}, "id": 2\}/,
      );
      expect(conversation.server.account.finish()).toBeUndefined();
      expect(conversation.server.account.diverged).toBe(0);
      conversation.say(negotiate);
      expect(conversation.server.account.diverged).toBe(1);
    },
  );

  test('a recorded negotiation is played as it was', () => {
    const refused = `-> {"execute":"qmp_capabilities"}\n<- {"error": {"class": "GenericError", "desc": "no"}}\n${excerpt}`;
    const conversation = new Conversation(planned(refused)).say('{"execute":"qmp_capabilities"}');
    expect(conversation.script).toContain('"desc": "no"');
  });
});

describe('the guest agent', () => {
  test('gives back the value that a sync asks for, behind its 0xFF', () => {
    const plan = planned(
      `
      -> \xff{"execute":"guest-sync-delimited","arguments":{"id":1234}}
      <- {"error": {"class": "GenericError", "desc": "JSON parse error, stray '\\uFFFD'"}}
      <- \xff{"return": 1234}
      -> {"execute":"guest-ping"}
      <- {"return": {}}
      `,
      { dialect: 'qga' },
    );
    const conversation = new Conversation(plan)
      .say('\xff{"execute":"guest-sync-delimited","arguments":{"id":98765432109876543}}')
      .say('{"execute":"guest-ping"}')
      .say('{"execute":"guest-info"}');
    expect(conversation.lines.filter((line) => line.startsWith('<-'))).toEqual([
      `<- {"error": {"class": "GenericError", "desc": "JSON parse error, stray '\\uFFFD'"}}`,
      '<- \xff',
      '<- {"return": 98765432109876543}',
      '<- {"return": {}}',
      `<- {"error": {"class": "GenericError", "desc": "qmptap replay: 'guest-info' came after the last recorded command"}}`,
    ]);
  });

  test('has its 0xFF with the sync, wherever that comes under content', () => {
    const plan = planned(
      `
      -> {"execute":"guest-ping"}
      <- {"return": {}}
      -> {"execute":"guest-sync-delimited","arguments":{"id":1}}
      <- \xff{"return": 1}
      `,
      { dialect: 'qga' },
    );
    const conversation = new Conversation(plan, { match: 'content' })
      .say('{"execute":"guest-sync-delimited","arguments":{"id":5}}')
      .say('\xff{"execute":"guest-ping"}');
    expect(conversation.lines.filter((line) => line.startsWith('<-'))).toEqual([
      '<- \xff',
      '<- {"return": 5}',
      `<- {"error": {"class": "GenericError", "desc": "JSON parse error, stray '\\uFFFD'"}}`,
      '<- {"return": {}}',
    ]);
    expect(conversation.accounts).toEqual([]);
  });
});

describe('pacing', () => {
  const plan = planned(session, { step: 1000 });

  test('waits as long as recorded, but never longer for an event than the client does', () => {
    const conversation = new Conversation(plan, { pace: 1 });
    expect(conversation.lines).toEqual(['   (until 1000)']);
    conversation.at(1000).say('{"execute":"qmp_capabilities"}').at(2000);
    conversation.say('{"execute":"query-status"}').at(3000).say('{"execute":"stop"}').at(4000).at(5000);
    conversation.say('{"execute":"query-status"}').at(6000);
    expect(conversation.lines).toEqual([
      '   (until 1000)',
      `<- ${greeting}`,
      '-> {"execute":"qmp_capabilities"}',
      '   (until 2000)',
      '<- {"return": {}}',
      '-> {"execute":"query-status"}',
      '   (until 3000)',
      '<- {"return": {"status": "running", "running": true}}',
      '-> {"execute":"stop"}',
      '   (until 4000)',
      '<- {"timestamp": {"seconds": 1, "microseconds": 2}, "event": "STOP"}',
      '   (until 5000)',
      '<- {"return": {}}',
      '   (until 6000)',
      '-> {"execute":"query-status"}',
      '<- {"timestamp": {"seconds": 1, "microseconds": 3}, "event": "RESET"}',
      '   (until 6000)',
      '<- {"return": {"status": "paused", "running": false}}',
    ]);
  });

  test('takes a tenth of the time', () => {
    const conversation = new Conversation(plan, { pace: 10 });
    expect(conversation.lines).toEqual(['   (until 100)']);
  });

  test('sends what is due to a client that sends no more', () => {
    const conversation = new Conversation(plan, { pace: 1 }).say('{"execute":"qmp_capabilities"}').hangUp();
    expect(conversation.at(1000).at(5000).lines.slice(-3)).toEqual([
      `<- ${greeting}`,
      '<- {"return": {}}',
      '<- (closes)',
    ]);
  });
});
