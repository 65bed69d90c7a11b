/** What a client and a server say first, and a command in whose answer's way an event comes. */
import { greeting } from '../../support/recorded.js';

export const boot = [
  `<- ${greeting}`,
  '-> {"execute":"qmp_capabilities","id":"libvirt-1"}',
  '<- {"return": {}, "id": "libvirt-1"}',
  '-> {"execute":"query-block","id":"libvirt-2"}',
  '<- {"timestamp": {"seconds": 1, "microseconds": 2}, "event": "BLOCK_JOB_READY"}',
  '<- {"return": [], "id": "libvirt-2"}',
];
