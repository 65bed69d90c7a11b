/** A recorder that lends its terminal to a UI of the recording in its argument, and prints when it is back. */
import { writeDiagnostics } from '../../../src/cli/output/diagnostics.js';
import { openUi } from '../../../dist/cli/ui/ui-process.js';

const [, , path = ''] = process.argv;
const ui = openUi(path, { notice: 'lent' });
process.once('SIGUSR2', () => void ui.close());
await ui.finished;
writeDiagnostics('the terminal is back\n');
