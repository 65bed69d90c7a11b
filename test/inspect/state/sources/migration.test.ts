import { expect, test } from 'vitest';
import { exchange } from '../../../support/conversation.js';
import { contradicted, event, known } from '../known.js';

test('a migration is begun, and told by answers and events', () => {
  const begun = [exchange('migrate', { uri: 'tcp:x' })];
  expect(known(begun)['migration status']).toBe('setup implied #2');
  expect(known([...begun, event('RESET')])['migration status']).toBe('setup stale #2');
  const found = known([
    ...begun,
    event('MIGRATION', { status: 'completed' }),
    event('MIGRATION_PASS', { pass: 3 }),
  ]);
  expect(found).toMatchObject({
    'migration status': 'completed implied #3',
    'migration pass': '3 implied #4',
  });
  const failed = exchange('query-migrate', undefined, { status: 'failed', 'error-desc': 'no' });
  expect(known([...begun, failed])).toMatchObject({
    'migration status': 'failed asserted #4',
    'migration error': 'no asserted #4',
  });
  expect(known([exchange('query-migrate')])['migration status']).toBe('none asserted #2');
  expect(known([exchange('migrate-incoming')])['migration status']).toBe('setup implied #2');
  expect(known([failed, exchange('migrate_cancel')])['migration status']).toBe('failed stale #2');
  expect(contradicted(...begun, failed)).toEqual([]);
});

test('capabilities and parameters are set, and told', () => {
  const set = exchange('migrate-set-capabilities', { capabilities: [{ capability: 'events', state: true }] });
  expect(known([set])['migration capabilities events']).toBe('true implied #2');
  const said = exchange('query-migrate-capabilities', undefined, [{ capability: 'events', state: false }]);
  expect(contradicted(set, said)).toEqual(['migration capabilities events #2 #4']);
  const parameters = exchange('migrate-set-parameters', {
    'max-bandwidth': 9223372036853727232n.toString(),
    x: null,
  });
  expect(known([parameters])).not.toHaveProperty('migration parameters x');
  const told = exchange('query-migrate-parameters', undefined, { 'downtime-limit': 300 });
  expect(known([told])['migration parameters downtime-limit']).toBe('300 asserted #2');
});
