import { describe, expect, test } from 'vitest';
import { ClientConversation, greeting, planned, script } from '../playbook.js';

const session = `
  <- ${greeting}
  -> {"execute":"qmp_capabilities","id":"libvirt-1"}
  <- {"return": {}, "id": "libvirt-1"}
  -> {"execute":"stop","id":"libvirt-2"}
  <- {"timestamp": {"seconds": 1, "microseconds": 2}, "event": "STOP"}
  <- {"return": {}, "id": "libvirt-2"}
  -> {"execute":"query-cpus-fast","id":"libvirt-3"}
  <- {"return": [{"cpu-index": 0, "thread-id": 100, "qom-path": "/m/c[0]"}], "id": "libvirt-3"}
`;

describe('a replayed client', () => {
  test('sends each command once everything before it has come, and finds no difference in what is unstable', () => {
    const conversation = new ClientConversation(planned(session))
      .hears(greeting)
      .hears('{"return": {}, "id": "libvirt-1"}')
      .hears('{"return": {}, "id": "libvirt-2"}')
      .hears('{"event": "STOP", "timestamp": {"seconds": 99, "microseconds": 0}}')
      .hears('{"id": "libvirt-3", "return": [{"qom-path": "/m/c[0]", "cpu-index": 0, "thread-id": 7}]}');
    expect(conversation.script).toBe(
      script(`
      <- ${greeting}
      -> {"execute":"qmp_capabilities","id":"libvirt-1"}
      <- {"return": {}, "id": "libvirt-1"}
      -> {"execute":"stop","id":"libvirt-2"}
      <- {"return": {}, "id": "libvirt-2"}
      <- {"event": "STOP", "timestamp": {"seconds": 99, "microseconds": 0}}
      -> {"execute":"query-cpus-fast","id":"libvirt-3"}
      <- {"id": "libvirt-3", "return": [{"qom-path": "/m/c[0]", "cpu-index": 0, "thread-id": 7}]}
      -> (closes)
    `),
    );
    expect(conversation.client.account).toMatchObject({ sent: 3, compared: 5, diverged: 0 });
  });

  test('tells what differs, by path, and goes on', () => {
    const conversation = new ClientConversation(planned(session))
      .hears(greeting.replace('"micro": 22', '"micro": 23'))
      .hears('{"error": {"class": "GenericError", "desc": "no"}, "id": "libvirt-1"}');
    expect(conversation.accounts).toEqual([
      `session 1: the greeting differs in 1 place
  expected
    #1    <- ${greeting}
  actual
          <- ${greeting.replace('"micro": 22', '"micro": 23')}
  differences
    QMP.version.qemu.micro: expected 22, got 23`,
      `session 1: the answer to 'qmp_capabilities' (message 2) differs in 2 places
    #2    -> {"execute":"qmp_capabilities","id":"libvirt-1"}
  expected
    #3    <- {"return": {}, "id": "libvirt-1"}
  actual
          <- {"error": {"class": "GenericError", "desc": "no"}, "id": "libvirt-1"}
  differences
    return: expected {}, got nothing
    error: not recorded, got {"class": "GenericError", "desc": "no"}`,
    ]);
    expect(conversation.lines.at(-1)).toBe('-> {"execute":"stop","id":"libvirt-2"}');
  });

  test('waits for an event, and names it if it never comes', () => {
    const conversation = new ClientConversation(planned(session), { timeout: 5e9 })
      .hears(greeting)
      .hears('{"return": {}, "id": "libvirt-1"}')
      .at(1e9)
      .hears('{"return": {}, "id": "libvirt-2"}')
      .at(5.9e9);
    expect(conversation.lines.at(-1)).toBe('<- {"return": {}, "id": "libvirt-2"}');
    conversation.at(6e9);
    expect(conversation.lines.slice(-2)).toEqual([
      '   ! never-came: 1 message that was recorded did not come within 5 s',
      '-> (closes)',
    ]);
    expect(conversation.accounts.at(-1)).toMatch(/expected\n {4}#5 {4}<- .*"STOP"/);
  });

  test('tells a close that comes too early', () => {
    const conversation = new ClientConversation(planned(session)).hears(greeting).serverCloses();
    expect(conversation.lines.slice(-2)).toEqual([
      '   ! closed-early: the server closed the connection, and not so in the recording; 2 recorded messages of the client were not sent',
      '-> (closes)',
    ]);
  });

  test('waits for the close where the server closed', () => {
    const plan = planned(
      `
      <- ${greeting}
      -> {"execute":"qmp_capabilities"}
      <- {"return": {}}
      -> {"execute":"quit"}
      <- {"return": {}}`,
      { end: 'server-closed' },
    );
    const conversation = new ClientConversation(plan)
      .hears(greeting)
      .hears('{"return": {}}')
      .hears('{"return": {}}');
    expect(conversation.lines.at(-1)).toBe('<- {"return": {}}');
    expect(conversation.serverCloses().lines.at(-1)).toBe('-> (closes)');
    expect(conversation.accounts).toEqual([]);
    const other = new ClientConversation(plan)
      .hears(greeting)
      .hears('{"return": {}}')
      .hears('{"return": {}}')
      .at(1e12);
    expect(other.lines.at(-2)).toMatch(/never-came: the server did not close/);
  });

  test('tells what is more than recorded, and what answers out of order', () => {
    const plan = planned(`
      <- ${greeting}
      -> {"execute":"qmp_capabilities","id":1}
      -> {"execute":"query-name","id":2}
      <- {"return": {}, "id": 1}
      <- {"return": {}, "id": 2}
    `);
    const conversation = new ClientConversation(plan)
      .hears(greeting)
      .hears('{"event": "RESET"}')
      .hears('{"return": {}, "id": 2}')
      .hears('{"return": {}, "id": 9}')
      .hears('{"return": {}, "id": 1}');
    expect(conversation.lines.filter((line) => line.includes('!'))).toEqual([
      '   ! unexpected: the server sent what the recording does not have (any more)',
      "   ! out-of-order: the answer to 'query-name' (message 3) came before the one to 'qmp_capabilities' (message 2)",
      '   ! unexpected: the server sent what the recording does not have (any more)',
    ]);
    expect(conversation.lines.at(-1)).toBe('-> (closes)');
  });

  test('lets an out-of-band answer overtake', () => {
    const plan = planned(`
      <- ${greeting}
      -> {"execute":"migrate-incoming","id":1}
      -> {"exec-oob":"migrate-recover","id":2}
      <- {"return": {}, "id": 2}
      <- {"return": {}, "id": 1}
    `);
    const conversation = new ClientConversation(plan)
      .hears(greeting)
      .hears('{"return": {}, "id": 1}')
      .hears('{"return": {}, "id": 2}');
    expect(conversation.accounts).toEqual([]);
    expect(conversation.lines.at(-1)).toBe('-> (closes)');
  });

  test('keeps back what changes the server, and what that would have caused', () => {
    const conversation = new ClientConversation(planned(session), { readOnly: true })
      .hears(greeting)
      .hears('{"return": {}, "id": "libvirt-1"}')
      .hears('{"return": [{"cpu-index": 0, "thread-id": 1, "qom-path": "/m/c[0]"}], "id": "libvirt-3"}');
    expect(conversation.lines.slice(2)).toEqual([
      '<- {"return": {}, "id": "libvirt-1"}',
      '   (skips {"execute":"stop","id":"libvirt-2"})',
      '-> {"execute":"query-cpus-fast","id":"libvirt-3"}',
      '<- {"return": [{"cpu-index": 0, "thread-id": 1, "qom-path": "/m/c[0]"}], "id": "libvirt-3"}',
      '-> (closes)',
    ]);
    expect(conversation.client.account).toMatchObject({ sent: 2, skipped: 1, diverged: 0 });
  });

  test('does not wait for a close whose cause it keeps back', () => {
    const plan = planned(
      `
      <- ${greeting}
      -> {"execute":"qmp_capabilities"}
      <- {"return": {}}
      -> {"execute":"quit"}
      <- {"return": {}}`,
      { end: 'server-closed' },
    );
    const conversation = new ClientConversation(plan, { readOnly: true })
      .hears(greeting)
      .hears('{"return": {}}');
    expect(conversation.lines.slice(-2)).toEqual(['   (skips {"execute":"quit"})', '-> (closes)']);
  });

  test('takes as long as recorded between what came and what it sends', () => {
    const conversation = new ClientConversation(planned(session, { step: 1000 }), { pace: 1 });
    conversation.at(50).hears(greeting);
    expect(conversation.lines).toEqual([`<- ${greeting}`]);
    conversation.at(1049);
    expect(conversation.lines).toEqual([`<- ${greeting}`]);
    conversation.at(1050);
    expect(conversation.lines.at(-1)).toBe('-> {"execute":"qmp_capabilities","id":"libvirt-1"}');
  });

  test('takes the event that is like the recorded one, wherever it comes', () => {
    const plan = planned(`
      <- ${greeting}
      -> {"execute":"device_del","id":1}
      <- {"return": {}, "id": 1}
      <- {"timestamp": {"seconds": 1, "microseconds": 2}, "event": "DEVICE_DELETED", "data": {"device": "a"}}
      <- {"timestamp": {"seconds": 1, "microseconds": 2}, "event": "DEVICE_DELETED", "data": {"device": "b"}}
    `);
    const conversation = new ClientConversation(plan)
      .hears(greeting)
      .hears('{"event": "DEVICE_DELETED", "data": {"device": "b"}}')
      .hears('{"event": "DEVICE_DELETED", "data": {"device": "a"}}')
      .hears('{"return": {}, "id": 1}');
    expect(conversation.accounts).toEqual([]);
    expect(conversation.lines.at(-1)).toBe('-> (closes)');
  });
});

describe('what the server makes up', () => {
  const plan = planned(`
    <- ${greeting}
    -> {"execute":"qmp_capabilities"}
    <- {"return": {}}
    -> {"execute":"query-named-block-nodes","id":1}
    <- {"return": [{"node-name": "#block045"}], "id": 1}
    -> {"execute":"blockdev-del","arguments":{"node-name":"#block045"},"id":2}
    <- {"error": {"class": "GenericError", "desc": "Node #block045 is in use"}, "id": 2}
  `);

  test('is used in later commands, and no difference', () => {
    const conversation = new ClientConversation(plan)
      .hears(greeting)
      .hears('{"return": {}}')
      .hears('{"return": [{"node-name": "#block711"}], "id": 1}')
      .hears('{"error": {"class": "GenericError", "desc": "Node #block711 is in use"}, "id": 2}');
    expect(conversation.lines.filter((line) => line.startsWith('->'))).toContain(
      '-> {"execute":"blockdev-del","arguments":{"node-name":"#block711"},"id":2}',
    );
    expect(conversation.accounts).toEqual([]);
  });

  test('is not what it may not make up', () => {
    const conversation = new ClientConversation(plan)
      .hears(greeting)
      .hears('{"return": {}}')
      .hears('{"return": [{"node-name": "disk0"}], "id": 1}');
    expect(conversation.lines.at(-2)).toContain('! difference');
    expect(conversation.lines.at(-1)).toContain('#block045');
  });
});
