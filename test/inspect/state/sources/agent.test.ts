import { expect, test } from 'vitest';
import { exchange, type Line, played } from '../../../support/conversation.js';
import { known } from '../known.js';

const agent = (...lines: Line[][]): Readonly<Record<string, string>> =>
  known(
    played({
      lines: lines.flat(),
      start: {
        label: 'web1',
        dialect: 'qga',
        client: { address: 'unix:/c' },
        server: { address: 'unix:/s' },
        started: 0,
      },
    }),
  );

test('the agent answers, says what it is, and freezes file systems', () => {
  expect(
    agent(exchange('guest-ping'), exchange('guest-info', undefined, { version: '7.2.22' })),
  ).toMatchObject({
    'agent responds': 'true stale #2',
    'agent version': '7.2.22 asserted #4',
  });
  const frozen = exchange('guest-fsfreeze-freeze', undefined, 2);
  expect(agent(frozen)).toEqual({ agent: 'true implied #2', 'agent file-systems': 'frozen implied #2' });
  expect(agent(exchange('guest-fsfreeze-freeze', undefined, 0))).toEqual({});
  expect(agent(frozen, exchange('guest-fsfreeze-thaw', undefined, 2))['agent file-systems']).toBe(
    'thawed implied #4',
  );
  expect(agent(exchange('guest-fsfreeze-status', undefined, 'thawed'))['agent file-systems']).toBe(
    'thawed asserted #2',
  );
  expect(agent(exchange('guest-get-host-name', undefined, { 'host-name': 'h' }))['agent host-name']).toBe(
    'h asserted #2',
  );
  expect(agent(exchange('guest-get-osinfo', undefined, { id: 'debian' }))['agent system']).toBe(
    'debian asserted #2',
  );
});
