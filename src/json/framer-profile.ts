/**
 * Whose rules a framer follows, and where it gives up. Plain data.
 *
 * QEMU's input has had three families of rules, which differ on malformed input only:
 * - up to 3.0: no recovery after a lexical error, errors without detail ("Invalid JSON syntax").
 * - 3.1 to 11.0: `classicInput`. The guest agent and the storage daemon share the code.
 * - 11.1 (merged July 2026): a push parser. What was posted in January and May 2026 agrees in this: an
 *   error is answered at the first wrong token, with its line and column, and the tokens up to the
 *   balancing brace are then skipped in silence. It does not agree on where skipping ends early (at a
 *   lexical error or a closer too many, in the later version) nor on the words, and the merged text is
 *   not known to us. A profile for it needs a `rules` field here and a second `#ends` in `framer.ts`.
 * Until then every server is read by the classic rules.
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
