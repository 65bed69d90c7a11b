/** A conversation with a device removal and a command that are never completed. */
export const boot = [
  '-> {"execute":"query-status","id":"a-1"}',
  '<- {"return": {"status": "running"}, "id": "a-1"}',
  '-> {"execute":"device_del","arguments":{"id":"net0\\u001b"},"id":"a-2"}',
  '<- {"return": {}, "id": "a-2"}',
  '-> {"execute":"stop"}',
];
