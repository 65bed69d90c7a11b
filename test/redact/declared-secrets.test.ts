import { expect, test } from 'vitest';
import { DeclaredSecrets } from '../../src/redact/declared-secrets.js';
import { Removals } from '../../src/redact/removals.js';
import { SecretAnswers } from '../../src/redact/secret-answers.js';
import { noUserRules } from '../../src/redact/user-rules.js';
import { recorded, type Script } from '../support/recorded.js';

/** Each message after redaction; undefined where there is no reason to look into it. */
function declared(script: Script): (string | undefined)[] {
  const secrets = new DeclaredSecrets(noUserRules, new SecretAnswers(), new Removals());
  return Array.from(recorded(script).messages(), (message) => {
    const redact = secrets.redactionOf(message);
    return redact && new TextDecoder().decode(redact(message.raw)).trim();
  });
}

test('a message that declares nothing is not looked into', () => {
  expect(declared(['-> {"execute":"query-status"}', '<- {"return": {"status": "running"}}'])).toEqual([
    undefined,
    undefined,
  ]);
});

test('by rule, by name, by what was asked', () => {
  expect(
    declared([
      '-> {"execute":"qom-get","arguments":{"path":"/o","property":"data"},"id":1}',
      '<- {"return": "one secret", "id": 1}',
      '-> {"execute":"x","arguments":{"password":"two"}}',
      '-> {"execute":"send-key","arguments":{"keys":[{"type":"qcode","data":"a"}]}}',
    ]),
  ).toEqual([
    undefined,
    '{"return": "[redacted:1]", "id": 1}',
    '{"execute":"x","arguments":{"password":"[redacted:2]"}}',
    '{"execute":"send-key","arguments":{"keys":[{"type":"qcode","data":"[redacted:3]"}]}}',
  ]);
});
