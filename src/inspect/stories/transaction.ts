/** Actions that are taken together or not at all. The jobs that they start are stories of their own. */
import { isArray } from '../../json/value.js';
import { textOf, type DetectorKind } from './story.js';

export const transactions: DetectorKind = {
  commands: ['transaction'],
  events: [],
  create: (begin) => ({
    command: (said) => {
      const actions = said.given.get('actions');
      const types = (isArray(actions) ? actions : []).map((action) => textOf(action, 'type') ?? 'unknown');
      const shown = types.length > 8 ? [...types.slice(0, 8), '…'] : types;
      const story = begin('transaction', shown.join(', '), said);
      return (answer) => {
        if (answer.ok) story.end(answer.at, 'success', 'done');
        else story.refused(answer);
      };
    },
  }),
};
