/**
 * The schemas that a recording holds: found in one pass over it, each decoded when somebody asks for it.
 * Sessions with the same server share one.
 */
import { decodeSchema, type Schema } from '../../qmp/schema.js';
import type { Condition } from '../../recording/condition.js';
import { memberOf, type Message } from '../../recording/message.js';
import type { RecordingReader } from '../../recording/ports.js';
import type { Session } from '../../recording/session.js';

const answers: Condition = {
  op: 'and',
  of: [
    { op: 'glob', field: 'cmd', glob: 'query-qmp-schema' },
    { op: 'glob', field: 'kind', glob: 'success' },
  ],
};

export class Schemas {
  readonly #reader: RecordingReader;
  /** The sessions whose server answered `query-qmp-schema`, in their order. */
  readonly #asked: ReadonlySet<number>;
  /** By server; undefined: none of its sessions has one. */
  readonly #known = new Map<string, Schema | undefined>();

  constructor(reader: RecordingReader) {
    this.#reader = reader;
    const asked = Array.from(reader.messages({ where: answers }), ({ session }) => session);
    this.#asked = new Set(asked.sort((a, b) => a - b));
  }

  /**
   * The schema of a session's server: from its own answer to `query-qmp-schema`, else from another session
   * with the same version of QEMU. Undefined where none was asked for.
   */
  of(session: number): Schema | undefined {
    const own = this.#asked.has(session) ? this.#answered(session) : undefined;
    return own ?? this.#ofServer(serverOf(this.#reader.session(session)));
  }

  /** Any: that of the first session which has one. */
  first(): Schema | undefined {
    return this.#firstOf([...this.#asked]);
  }

  #ofServer(server: string | undefined): Schema | undefined {
    if (server === undefined) return undefined;
    if (!this.#known.has(server)) {
      const same = [...this.#asked].filter((other) => serverOf(this.#reader.session(other)) === server);
      this.#known.set(server, this.#firstOf(same));
    }
    return this.#known.get(server);
  }

  #firstOf(sessions: readonly number[]): Schema | undefined {
    for (const session of sessions) {
      const schema = this.#answered(session);
      if (schema !== undefined) return schema;
    }
    return undefined;
  }

  #answered(session: number): Schema | undefined {
    for (const message of this.#reader.messages({ session, where: answers })) {
      const schema = schemaIn(message);
      if (schema !== undefined) return schema;
    }
    return undefined;
  }
}

/**
 * The schema of one session's server: its own answer to `query-qmp-schema`, or that of another session with the
 * same version of QEMU. Undefined if no session has one.
 */
export function findSchema(reader: RecordingReader, session: number): Schema | undefined {
  return new Schemas(reader).of(session);
}

/** Equal for sessions with the same version of QEMU; undefined where that is not known. */
function serverOf(session: Session | undefined): string | undefined {
  const { qemu, package: made } = session?.version ?? {};
  return qemu === undefined ? undefined : JSON.stringify([qemu, made]);
}

function schemaIn({ raw }: Message): Schema | undefined {
  return decodeSchema(memberOf(raw, 'return'));
}
