/** The table of what is known of a VM: its areas, and the values of the things in each. */
import type { JsonValue } from '../../json/value.js';

/** A value that a thing may have. */
export interface ValueKind {
  /** It changes without a message: always, or while it has such a value. */
  readonly changing?: true | ((value: JsonValue) => boolean);
  /** The server spells it its own way, so that another spelling contradicts nothing. */
  readonly respelled?: true;
}

/** Things of one kind. */
export interface Area {
  readonly title: string;
  /** One such thing, in a few words. */
  readonly about: string;
  /** The values in the order in which they are shown; others follow in the order in which they came. */
  readonly values: Readonly<Record<string, ValueKind>>;
  /** The kind of values that are not named here. */
  readonly others?: ValueKind;
}

/** Run states that QEMU leaves by itself and without an event (`RunState` in QEMU's qapi/run-state.json). */
const passing = new Set(['inmigrate', 'finish-migrate', 'save-vm', 'restore-vm', 'colo']);

/** States in which a migration goes on by itself; its end is told only with the capability `events`. */
export const migrating: ReadonlySet<string> = new Set([
  'setup',
  'active',
  'pre-switchover',
  'device',
  'wait-unplug',
  'cancelling',
  'postcopy-active',
  'postcopy-paused',
  'postcopy-recover',
  'colo',
]);

/** Formats whose virtual size changes only by a command; a file of the host grows as the guest writes. */
const sized = new Set(['qcow2', 'raw', 'luks', 'qed', 'vdi', 'vmdk', 'vpc', 'vhdx']);
/** Whether a node of this driver has a size that only a command changes. */
export function hasFixedSize(driver: JsonValue | undefined): boolean {
  return typeof driver === 'string' && sized.has(driver);
}

const isOneOf =
  (names: ReadonlySet<string>) =>
  (value: JsonValue): boolean =>
    typeof value === 'string' && names.has(value);

export const areas = {
  run: {
    title: 'run state',
    about: 'whether the guest runs, and why not',
    values: { status: { changing: isOneOf(passing) }, running: {}, stopping: {}, shutdown: {} },
  },
  vm: {
    title: 'machine',
    about: 'its name and memory',
    values: { name: {}, uuid: {}, balloon: { changing: true } },
  },
  node: {
    title: 'block nodes',
    about: 'a node of the block graph, by its node-name',
    values: {
      driver: {},
      file: {},
      backing: {},
      filename: { respelled: true },
      'backing-file': { respelled: true },
      'read-only': {},
      size: {},
      'write-threshold': {},
    },
  },
  'block-device': {
    title: 'block devices',
    about: 'what the guest sees as a drive, by the id of its device or else of its drive',
    values: {
      inserted: {},
      'tray-open': {},
      'io-status': {},
      removable: {},
      locked: { changing: true },
    },
  },
  bitmap: {
    title: 'dirty bitmaps',
    about: 'NODE/NAME',
    values: {
      granularity: {},
      recording: {},
      persistent: {},
      busy: { changing: true },
      count: { changing: true },
    },
  },
  device: {
    title: 'devices',
    about: 'a device by its id',
    values: { driver: {}, bus: {}, removal: {}, open: {} },
  },
  job: {
    title: 'jobs',
    about: 'a job by its id',
    values: {
      type: {},
      status: {},
      source: {},
      target: {},
      completing: {},
      error: {},
      speed: {},
      progress: { changing: true },
    },
  },
  migration: {
    title: 'migration',
    about: 'the migration itself, its `capabilities` and its `parameters`',
    values: { status: { changing: isOneOf(migrating) }, pass: { changing: true }, error: {} },
  },
  chardev: {
    title: 'character devices',
    about: 'a character device by its label',
    values: {
      backend: {},
      filename: { changing: true, respelled: true },
      'frontend-open': { changing: true },
    },
  },
  agent: {
    title: 'guest agent',
    about: 'the agent in the guest',
    values: { responds: { changing: true }, version: {}, 'file-systems': {}, 'host-name': {}, system: {} },
  },
} as const satisfies Readonly<Record<string, Area>>;

export type AreaName = keyof typeof areas;

export const areaNames = Object.keys(areas) as readonly AreaName[];

/** The kind of a value; of one that the table does not name, nothing special. */
export function valueKind(area: AreaName, attribute: string): ValueKind {
  const { values }: Area = areas[area];
  return (Object.hasOwn(values, attribute) ? values[attribute] : undefined) ?? {};
}
