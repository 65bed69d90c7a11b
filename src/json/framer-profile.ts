/**
 * Whose rules a framer follows, and where it gives up. Plain data.
 *
 * QEMU's input has had three families of rules:
 * - up to 3.0: no recovery, errors without detail ("Invalid JSON syntax"). Not offered: such servers
 *   are cut by the classic rules, which differ on malformed input only.
 * - 3.1 to 11.0: `classicInput`. The guest agent and the storage daemon share the code.
 * - from 11.1 (July 2026): a push parser, which tells an error at the first wrong token and then skips
 *   to where the counters are back at zero, so malformed input is cut elsewhere. A profile for it needs
 *   a `rules` field here and a second `#ends` in the framer; well-formed input is cut the same way.
 */

export interface FramerLimits {
  /** Bytes of all tokens of a message, without the white space between them; also of one token. */
  readonly tokenBytes: number;
  /** Tokens of a message. */
  readonly tokens: number;
  /** Braces and brackets open at once. */
  readonly nesting: number;
  /** Bytes of a frame with its white space; our bound, QEMU has none. */
  readonly frameBytes: number;
}

export interface FramerProfile {
  readonly name: string;
  readonly limits: FramerLimits;
  /** `inf`, `-inf`, `nan` and `-nan` are numbers. */
  readonly nonFinite: boolean;
}

/**
 * QEMU counts no white space, so a peer could fill our memory with it. Twice QEMU's 64 MiB of tokens
 * leaves room for every indented message that a QEMU would take.
 */
const FRAME_BYTES = 128 * 2 ** 20;

/** What a server reads, with QEMU's `MAX_TOKEN_SIZE`, `MAX_TOKEN_COUNT` and `MAX_NESTING`. */
export const classicInput: FramerProfile = {
  name: 'classic',
  limits: { tokenBytes: 64 * 2 ** 20, tokens: 2 * 2 ** 20, nesting: 1024, frameBytes: FRAME_BYTES },
  nonFinite: false,
};

/** What a server prints: its limits are for reading, so only ours is left. */
export const serverOutput: FramerProfile = {
  name: 'output',
  limits: { tokenBytes: FRAME_BYTES, tokens: Infinity, nesting: Infinity, frameBytes: FRAME_BYTES },
  nonFinite: true,
};
