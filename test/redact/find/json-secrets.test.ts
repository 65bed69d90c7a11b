import { expect, test } from 'vitest';
import { scanValues } from '../../../src/json/extents.js';
import { printPath, concretePath } from '../../../src/json/path.js';
import { JsonSecrets } from '../../../src/redact/find/json-secrets.js';

function secretPaths(json: string, properties = false): string[] {
  const bytes = new TextEncoder().encode(json);
  const secrets = new JsonSecrets(bytes, properties);
  const paths: string[] = [];
  scanValues(bytes, (steps, { text }) => {
    if (secrets.what(steps, text) !== undefined) paths.push(printPath(concretePath([...steps])));
  });
  return paths;
}

test.each<[json: string, paths: string[]]>([
  ['{"a":{"password":"x","user":"y"}}', ['a.password']],
  ['{"password":{"a":["x",1]}}', ['password.a[0]', 'password.a[1]']],
  ['{"data":"x","o":{"data":"y","qom-type":"secret","id":"s"}}', ['o.data']],
  ['{"o":{"qom-type":"secret","props":{"data":"y"}}}', ['o.props.data']],
  ['{"o":{"qom-type":"secretive","data":"y"}}', []],
  ['[{"value":"x","name":"password"},{"name":"size","value":"y"}]', ['[0].value']],
  ['{"a":["--password","x","--user","y"]}', ['a[1]']],
  ['{"a":["--password"],"b":["x","y"]}', []],
  ['{"name":"data","value":"x"}', []],
])('%s', (json, paths) => {
  expect(secretPaths(json)).toEqual(paths);
});

test('properties of objects, where names are those', () => {
  expect(secretPaths('[{"name":"data","value":"x"}]', true)).toEqual(['[0].value']);
});
