/** One thing that the doctor looked at. */
export interface Finding {
  /** `unknown`: it could not be found out, or is for the user to judge. */
  readonly state: 'good' | 'bad' | 'unknown';
  readonly what: string;
  /** What to do; several lines where lines are to be added to a file. */
  readonly remedy?: string;
}
