/** Waits for a condition that has no event to listen to, such as another program's socket. */
export async function until<T>(
  what: string,
  condition: () => T | undefined | false | Promise<T | undefined | false>,
  bound = 30_000,
): Promise<T> {
  const end = performance.now() + bound;
  for (;;) {
    const value = await condition();
    if (value !== undefined && value !== false) return value;
    if (performance.now() > end) throw new Error(`waited ${bound} ms for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
