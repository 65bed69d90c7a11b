import { describe, expect, test } from 'vitest';
import { exportReplies } from '../../../src/formats/script/replies.js';
import { conversation, exported } from '../../support/exported.js';
import { recorded } from '../../support/recorded.js';

describe('exportReplies', () => {
  test('are laid out as libvirt lays them out', () => {
    const { text, omitted } = exported(recorded(conversation), exportReplies);
    expect(text).toBe(`{
  "execute": "qmp_capabilities",
  "id": "libvirt-1"
}

{
  "return": {},
  "id": "libvirt-1"
}

{
  "execute": "query-version",
  "id": "libvirt-2"
}

{
  "return": {
    "qemu": {
      "micro": 22,
      "minor": 2,
      "major": 7
    },
    "package": ""
  },
  "id": "libvirt-2"
}

{
  "execute": "x",
  "arguments": {
    "b": [],
    "a": {},
    "n": 1.0,
    "big": 9223372036853727232
  },
  "id": "libvirt-3"
}

{
  "id": "libvirt-3",
  "error": {
    "class": "CommandNotFound",
    "desc": "café"
  }
}
`);
    expect(omitted).toEqual(['1 event']);
  });

  test('alternate even where the conversation does not', () => {
    const { text, omitted } = exported(
      recorded([
        '-> {"execute":"a","id":1}',
        '-> {"execute":"b","id":2}',
        '-> {"execute":"c","id":3}',
        '<- {"return": "c", "id": 3}',
        '<- {"return": "a", "id": 1}',
      ]),
      exportReplies,
    );
    const blocks = text
      .trimEnd()
      .split('\n\n')
      .map((block) => JSON.parse(block) as { id: number });
    expect(blocks.map(({ id }) => id)).toEqual([1, 1, 3, 3]);
    expect(omitted).toEqual(['a command without response: session 1 #2']);
  });

  test('says what has no place in it', () => {
    const script = [...conversation, '<- {"return": {}, "id": "nobody"}', '-> }', '<- {"event": "E"}'];
    const { omitted } = exported(recorded(script), exportReplies, {
      marks: [{ session: 1, seq: 6, note: 'x' }],
    });
    expect(omitted).toEqual(['1 mark', '2 events', '2 messages of other kinds']);
  });
});
