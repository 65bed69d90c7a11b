/** `attach web1 --log` with a daemon that a test describes: its description, and the recording to make. */
import { attachLogCommand } from '../../../../src/cli/capture/attach/attach-log.js';
import { createLogger } from '../../../../src/cli/output/log.js';
import type { LibvirtDaemon } from '../../../../src/launch/attach/libvirt-daemon.js';

const [described = '', output = ''] = process.argv.slice(2);
const daemon = JSON.parse(described) as LibvirtDaemon;
process.exitCode = await attachLogCommand(
  {
    ...{ channels: [{ path: '/m' }], label: 'web1', notices: [] },
    libvirt: { daemon, domain: 'web1' },
  },
  { rule: [], output, quiet: true },
  createLogger({ logLevel: 'info', logFormat: 'pretty' }),
);
