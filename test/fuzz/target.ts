/** What a module of `targets/` exports as `target`: a property of qmptap, and how it is asked of an input. */
export interface Target {
  /** What holds for every input, in a sentence. */
  readonly holds: string;
  /** Throws where it does not hold. */
  readonly run: (input: Uint8Array) => void | Promise<void>;
  /** That the format is made of; strings stand for UTF-8. */
  readonly words?: readonly string[];
  /** To begin with, besides the corpus. */
  readonly seeds?: () => Iterable<string | Uint8Array>;
  /** Of an input in bytes; 4096 unless told. */
  readonly maxLength?: number;
}
