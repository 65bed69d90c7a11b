/**
 * QEMU's arguments for a recording's notes: a recording that is passed on tells how the VM was started,
 * and no password.
 */
import { hideInArguments } from '../../redact/find/qemu-arguments.js';
import { hiddenSecret } from '../../redact/redaction-token.js';

/** The arguments with every secret replaced by `[secret]`; all others as they were, character by character. */
export function withoutSecrets(argv: readonly string[]): string[] {
  return hideInArguments(argv, () => hiddenSecret);
}
