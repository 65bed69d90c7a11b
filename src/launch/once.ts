/** An action that is done once, whoever asks for it and how often: all get the same answer. */
export function once<T>(action: () => Promise<T>): () => Promise<T> {
  let answer: Promise<T> | undefined;
  return () => (answer ??= action());
}
