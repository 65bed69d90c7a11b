/**
 * What a libvirt and its QEMU say to each other, in the shape and the sizes of a recorded VM: a start of
 * some 410 exchanges, one of them the schema; then the questions of `virsh domstats`, block jobs and
 * descriptors.
 */

/** One command, what its answer returns, and the events that come before it; `fds` go with the command. */
export interface Exchange {
  readonly command: object;
  readonly returned: unknown;
  readonly events: readonly object[];
  readonly fds: number;
}

interface Beside {
  readonly events?: readonly object[];
  readonly fds?: number;
}

function exchange(
  execute: string,
  args: object | undefined,
  returned: unknown,
  beside: Beside = {},
): Exchange {
  const command = args === undefined ? { execute } : { execute, arguments: args };
  return { command, returned, events: [], fds: 0, ...beside };
}

/** As libvirt connects: what a VM is asked before it runs, and again by a libvirtd that was started anew. */
export function* start(schema: unknown): Generator<Exchange> {
  yield exchange('qmp_capabilities', undefined, {});
  yield exchange('query-version', undefined, { qemu: { micro: 22, minor: 2, major: 7 }, package: 'Debian' });
  if (schema !== undefined) yield exchange('query-qmp-schema', undefined, schema);
  for (let type = 0; type < 90; type++) {
    yield exchange('device-list-properties', { typename: `virtio-device-${type}` }, properties(type % 24));
  }
  for (let place = 0; place < 160; place++) {
    const path = `/machine/peripheral/device${place}`;
    yield exchange('qom-list', { path }, properties(place % 12));
    yield exchange('qom-get', { path, property: 'realized' }, place % 7 === 0 ? 1e9 + place : true);
  }
  yield exchange('getfd', { fdname: 'net0' }, {}, { fds: 1 });
  yield exchange('closefd', { fdname: 'net0' }, {});
  yield exchange('cont', undefined, {}, { events: [event('RESUME')] });
}

/** One `virsh domstats`: 22 messages; libvirt 9.0 was recorded to say this each second when asked each second. */
export function* poll(turn: number): Generator<Exchange> {
  yield exchange('query-stats-schemas', undefined, [{ provider: 'kvm' }]);
  yield exchange('query-stats', { target: 'vm' }, [statistics(turn)]);
  yield exchange('query-stats-schemas', undefined, []);
  yield exchange('query-balloon', undefined, { actual: 67108864 + turn });
  yield exchange('query-stats', { target: 'vcpu', vcpus: ['/machine/unattached/device[0]'] }, [
    statistics(turn * 3),
  ]);
  yield exchange(
    'query-blockstats',
    { 'query-nodes': false },
    Array.from({ length: 3 }, () => blockStatistics(turn)),
  );
  yield exchange(
    'query-blockstats',
    { 'query-nodes': true },
    Array.from({ length: 8 }, () => blockStatistics(turn)),
  );
  yield exchange(
    'query-named-block-nodes',
    { flat: true },
    Array.from({ length: 5 }, () => blockStatistics(turn)),
  );
  yield exchange('query-iothreads', undefined, []);
  yield exchange('query-stats', { target: 'vcpu' }, []);
  yield exchange('query-dirty-rate', undefined, { status: 'unstarted', 'start-time': 0, 'calc-time': turn });
}

/** A `virsh blockcopy`, with the questions that go along. */
export function* job(number: number): Generator<Exchange> {
  const device = `copy-vda-${number}`;
  const change = (status: string): object => event('JOB_STATUS_CHANGE', { status, id: device });
  yield exchange('blockdev-add', { driver: 'qcow2', 'node-name': `node-${number}` }, {});
  yield exchange(
    'blockdev-mirror',
    { 'job-id': device, sync: 'full' },
    {},
    {
      events: [change('created'), change('running')],
    },
  );
  yield exchange('query-jobs', undefined, [
    { id: device, 'current-progress': 4096, 'total-progress': 65536 },
  ]);
  yield exchange('query-block-jobs', undefined, [], {
    events: [change('ready'), event('BLOCK_JOB_READY', { device })],
  });
  yield exchange('job-complete', { id: device }, {}, { events: [change('waiting'), change('pending')] });
  yield exchange('query-jobs', undefined, [], { events: [change('concluded'), change('null')] });
  yield exchange('blockdev-del', { 'node-name': `node-${number}` }, {});
}

function event(name: string, data?: object): object {
  const timestamp = { seconds: 1700000000, microseconds: 123456 };
  return data === undefined ? { timestamp, event: name } : { timestamp, event: name, data };
}

function properties(count: number): object[] {
  return Array.from({ length: count }, (_, at) => ({
    name: `property-${at}`,
    type: 'bool',
    'default-value': false,
  }));
}

function statistics(turn: number): object {
  return { provider: 'kvm', stats: [{ name: 'exits', value: turn }] };
}

function blockStatistics(turn: number): object {
  return {
    device: '',
    'node-name': 'libvirt-1-format',
    stats: {
      rd_bytes: turn * 512,
      wr_bytes: turn * 4096,
      rd_operations: turn,
      wr_operations: turn,
      timed_stats: [],
    },
  };
}
