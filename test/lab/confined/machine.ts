/** A machine of the lab's, whatever it is made of. */

export interface Ran {
  readonly code: number;
  /** Standard output and standard error. */
  readonly output: string;
}

export interface Machine {
  /** Runs a script of bash there, as root. */
  run(script: string): Promise<Ran>;
}
