/**
 * Whose rules a framer follows, and where it gives up. Plain data.
 *
 * QEMU's input has had three families of rules, which differ on malformed input only. The guest agent and the
 * storage daemon share the code.
 * - up to 3.0: no recovery after a lexical error, errors without detail ("Invalid JSON syntax"). Read as classic.
 * - 3.1 to 11.0: `classicInput`. A message is parsed when its last token is there, and a limit ends it.
 * - since 11.1: `eagerInput`. A message is refused at its first wrong token, with the token's line and column; all
 *   that follows is skipped in silence up to the message's end, and a limit does not end it. Established by black
 *   box on 11.1.3, whose answers to both kinds of input `test/fixtures/eager-cases.ts` has.
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
  /** A message is refused at its first wrong token, and a limit does not end it. */
  readonly eager: boolean;
}

/**
 * QEMU counts no white space, so a peer could fill our memory with it. Twice QEMU's 64 MiB of tokens
 * leaves room for every indented message that a QEMU would take.
 */
const FRAME_BYTES = 128 * 2 ** 20;

/** What a server up to QEMU 11.0 reads, with its `MAX_TOKEN_SIZE`, `MAX_TOKEN_COUNT` and `MAX_NESTING`. */
export const classicInput: FramerProfile = {
  name: 'classic',
  limits: { tokenBytes: 64 * 2 ** 20, tokens: 2 * 2 ** 20, nesting: 1024, frameBytes: FRAME_BYTES },
  nonFinite: false,
  eager: false,
};

/** What a server since QEMU 11.1 reads. */
export const eagerInput: FramerProfile = { ...classicInput, name: 'eager', eager: true };

/** What a server prints: its limits are for reading, so only ours is left. */
export const serverOutput: FramerProfile = {
  name: 'output',
  limits: { tokenBytes: FRAME_BYTES, tokens: Infinity, nesting: Infinity, frameBytes: FRAME_BYTES },
  nonFinite: true,
  eager: false,
};
