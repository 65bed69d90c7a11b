/** Code with defects behind branches that only guidance finds: what the fuzzer itself is tested on. */

/** Does what it is told to do, for an input that begins in one way. */
export function planted(input: Uint8Array, what: 'throw' | 'hang' | 'abort' | 'hoard'): void {
  if (input[0] === 0x51 && input.length > 4) {
    if (input[1] === 0x4d) {
      if (input[2] === 0x50) {
        if (input[3] === 0x21) happen(what);
      }
    }
  }
}

function happen(what: 'throw' | 'hang' | 'abort' | 'hoard'): void {
  if (what === 'throw') throw new TypeError('planted');
  if (what === 'abort') process.abort();
  const hoard: Buffer[] = [];
  while (hoard.length >= 0) if (what === 'hoard') hoard.push(Buffer.alloc(1 << 20, 1));
}
