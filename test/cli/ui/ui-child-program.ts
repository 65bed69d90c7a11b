/** A UI without a screen: sends one command by the channel, and prints what it is told. */
import { uiChannel } from '../../../src/cli/ui/ui-channel.js';

const channel = uiChannel((text) => {
  process.stdout.write(`notice ${text}\n`);
});
process.stdout.write(`may send: ${String(channel?.send !== undefined)}\n`);
void channel?.send?.(2, 'stop').then((trouble) => {
  process.stdout.write(`answer ${String(trouble)}\n`);
  channel.close();
});
