/** Migration: its status, capabilities and parameters. (QEMU's qapi/migration.json.) */
import { isObject } from '../../../json/value.js';
import type { Values } from '../change.js';
import { accepted, answer, event, listIn, memberIn, nameIn, type StateSource } from './source.js';

/** Capabilities by their names, of a list of `{capability, state}`. */
function capabilities(list: Parameters<typeof listIn>[0]): Values {
  return Object.fromEntries(
    listIn(list).flatMap((of) => {
      const name = nameIn(of, 'capability');
      return name === undefined ? [] : [[name, memberIn(of, 'state')]];
    }),
  );
}

export const migrationSources: readonly StateSource[] = [
  answer('query-migrate', ['migration'], (change, { returned }) => {
    const [status, error] = ['status', 'error-desc'].map((key) => memberIn(returned, key));
    // Before the first migration it says nothing.
    change.assert('migration', '', { status: status ?? 'none', error });
  }),
  answer('query-migrate-capabilities', ['migration'], (change, { returned }) => {
    change.assert('migration', 'capabilities', capabilities(returned));
  }),
  answer('query-migrate-parameters', ['migration'], (change, { returned }) => {
    if (isObject(returned)) change.assert('migration', 'parameters', Object.fromEntries(returned));
  }),
  accepted('migrate-set-capabilities', ['migration'], (change, { given }) => {
    change.imply('migration', 'capabilities', capabilities(given.get('capabilities')));
  }),
  accepted('migrate-set-parameters', ['migration'], (change, { given }) => {
    const set = [...given].filter(([, value]) => value !== null);
    change.imply('migration', 'parameters', Object.fromEntries(set));
  }),
  accepted('migrate', ['migration', 'run', 'node'], (change) => {
    change.imply('migration', '', { status: 'setup', error: undefined });
    change.doubt('run', '', ['status', 'running']);
    change.doubtAll('node', ['read-only']);
  }),
  accepted('migrate-incoming', ['migration', 'run'], (change) => {
    change.imply('migration', '', { status: 'setup', error: undefined });
    change.doubt('run', '', ['status', 'running']);
  }),
  accepted('migrate_cancel', ['migration'], (change) => {
    change.doubt('migration', '', ['status']);
  }),
  event('MIGRATION', ['migration', 'run'], (change, data) => {
    change.imply('migration', '', { status: data.get('status') });
    change.doubt('run', '', ['status']);
  }),
  event('MIGRATION_PASS', ['migration'], (change, data) => {
    change.imply('migration', '', { pass: data.get('pass') });
  }),
];
