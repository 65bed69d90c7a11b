/** A schema like QEMU's, small enough to read; written as QEMU answers `query-qmp-schema`. */
const member = (name: string, type: string, more: object = {}): object => ({ name, type, ...more });
const optional = { default: null };

export const builtins = [
  { name: 'str', 'json-type': 'string', 'meta-type': 'builtin' },
  { name: 'int', 'json-type': 'int', 'meta-type': 'builtin' },
  { name: 'number', 'json-type': 'number', 'meta-type': 'builtin' },
  { name: 'bool', 'json-type': 'boolean', 'meta-type': 'builtin' },
  { name: 'null', 'json-type': 'null', 'meta-type': 'builtin' },
  { name: 'any', 'json-type': 'value', 'meta-type': 'builtin' },
];

export const entries: readonly object[] = [
  ...builtins,
  { name: '0', 'meta-type': 'object', members: [] },
  { name: 'stop', 'meta-type': 'command', 'arg-type': '0', 'ret-type': '0' },
  { name: 'yank', 'meta-type': 'command', 'arg-type': '0', 'ret-type': '0', 'allow-oob': true },
  { name: 'old', 'meta-type': 'command', 'arg-type': '0', 'ret-type': '0', features: ['deprecated'] },
  { name: 'query-jobs', 'meta-type': 'command', 'arg-type': '0', 'ret-type': '[1]' },
  { name: '[1]', 'meta-type': 'array', 'element-type': '1' },
  {
    name: '1',
    'meta-type': 'object',
    members: [member('id', 'str'), member('status', '2'), member('error', 'str', optional)],
  },
  { name: '2', 'meta-type': 'enum', values: ['running', 'concluded'] },
  { name: 'JOB_STATUS_CHANGE', 'meta-type': 'event', 'arg-type': '1' },
  { name: 'device_add', 'meta-type': 'command', 'arg-type': '3', 'ret-type': '0' },
  {
    name: '3',
    'meta-type': 'object',
    members: [member('driver', 'str'), member('id', 'str', optional)],
  },
  { name: 'blockdev-add', 'meta-type': 'command', 'arg-type': '4', 'ret-type': '0' },
  {
    name: '4',
    'meta-type': 'object',
    tag: 'driver',
    members: [
      member('driver', '5'),
      member('node-name', 'str', optional),
      member('read-only', 'bool', { ...optional, features: ['deprecated'] }),
    ],
    variants: [
      { case: 'file', type: '6' },
      { case: 'qcow2', type: '7' },
      { case: 'null-co', type: '0' },
    ],
  },
  {
    name: '5',
    'meta-type': 'enum',
    members: [{ name: 'file' }, { name: 'qcow2' }, { name: 'null-co', features: ['unstable'] }],
    values: ['file', 'qcow2', 'null-co'],
  },
  {
    name: '6',
    'meta-type': 'object',
    members: [
      member('filename', 'str'),
      member('size', 'int', optional),
      member('ratio', 'number', optional),
    ],
  },
  { name: '7', 'meta-type': 'object', members: [member('file', '8'), member('tags', '[str]', optional)] },
  { name: '[str]', 'meta-type': 'array', 'element-type': 'str' },
  { name: '8', 'meta-type': 'alternate', members: [{ type: '4' }, { type: 'str' }, { type: 'null' }] },
];
