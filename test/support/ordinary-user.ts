/** For tests of what only root may do: root takes the rights of an ordinary user for a moment. */

/** Whose rights root takes: `nobody`, wherever there is one. */
const nobody = 65534;

/** Runs the action as somebody who is not root; nothing else may run in this process meanwhile. */
export async function asOrdinaryUser<T>(action: () => T | Promise<T>): Promise<T> {
  if (process.geteuid?.() !== 0) return action();
  process.seteuid?.(nobody);
  try {
    return await action();
  } finally {
    process.seteuid?.(0);
  }
}
