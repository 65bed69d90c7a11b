/** What the guest agent says. (QEMU's qga/qapi-schema.json.) */
import { isNumber } from '../../../json/value.js';
import { accepted, answer, memberIn, type StateSource } from './source.js';

export const agentSources: readonly StateSource[] = [
  ...['guest-sync', 'guest-sync-delimited', 'guest-ping'].map((name) =>
    answer(name, ['agent'], (change) => {
      change.assert('agent', '', { responds: true });
    }),
  ),
  answer('guest-info', ['agent'], (change, { returned }) => {
    change.assert('agent', '', { version: memberIn(returned, 'version') });
  }),
  answer('guest-get-host-name', ['agent'], (change, { returned }) => {
    change.assert('agent', '', { 'host-name': memberIn(returned, 'host-name') }, ['host-name']);
  }),
  answer('guest-get-osinfo', ['agent'], (change, { returned }) => {
    change.assert('agent', '', { system: memberIn(returned, 'pretty-name') ?? memberIn(returned, 'id') });
  }),
  answer('guest-fsfreeze-status', ['agent'], (change, { returned }) => {
    change.assert('agent', '', { 'file-systems': returned });
  }),
  ...['guest-fsfreeze-freeze', 'guest-fsfreeze-freeze-list'].map((name) =>
    accepted(name, ['agent'], (change, { returned }) => {
      // With none to freeze, the agent goes on as before.
      if (isNumber(returned) && returned.text !== '0')
        change.imply('agent', '', { 'file-systems': 'frozen' });
    }),
  ),
  accepted('guest-fsfreeze-thaw', ['agent'], (change) => {
    change.imply('agent', '', { 'file-systems': 'thawed' });
  }),
];
