/** The lines of `virsh qemu-monitor-event`: `event STOP at 1796037784.162527 for domain 'web7': <null>`. */

export interface PrintedEvent {
  readonly domain: string;
  readonly micros: number | undefined;
  /** The beginning of the data, which may go on in further lines; undefined where there is none. */
  readonly data: string | undefined;
  /** The event as QEMU sent it, given its data. */
  readonly message: (data: string | undefined) => string;
}

const line = /^event ([A-Z][A-Z0-9_]*)(?: at (\d+)\.(\d{6}))? for domain '?([^':]+)'?: (.*)$/;

/** Undefined for another line. */
export function eventPrinted(text: string): PrintedEvent | undefined {
  const found = line.exec(text);
  if (found === null) return undefined;
  const [, name = '', seconds, micros = '', domain = '', rest = ''] = found;
  const known = seconds !== undefined;
  const time = known
    ? `"timestamp": {"seconds": ${seconds}, "microseconds": ${String(Number(micros))}}, `
    : '';
  return {
    domain,
    micros: known ? Number(seconds) * 1e6 + Number(micros) : undefined,
    data: rest.startsWith('{') ? rest : undefined,
    message: (data) => `{${time}"event": "${name}"${data === undefined ? '' : `, "data": ${data}`}}`,
  };
}
