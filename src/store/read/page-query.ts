/** Writes the statement that reads one page. */
import type { Access } from './access.js';
import { frameColumns } from './frame-decoder.js';
import type { Where } from '../../recording/fields/sql.js';

/** Between two places of the recording, both left out. */
export interface Bounds {
  readonly after: number;
  readonly before: number;
}

export interface PageQuery {
  readonly sql: string;
  readonly values: readonly (string | number)[];
}

/** What a page is asked for. */
export interface WantedPage {
  readonly access: Access;
  readonly filter: Where;
  readonly session: number | undefined;
  readonly bounds: Bounds;
  readonly descending: boolean;
  /** The most messages to give. */
  readonly size: number;
}

/** `seqAt` gives how many messages of a session have a place up to another. */
export function pageQuery(
  { access, filter, session, bounds: { after, before }, descending, size }: WantedPage,
  seqAt: (session: number, n: number) => number,
): PageQuery {
  const order = descending ? 'DESC' : 'ASC';
  const also = session === undefined ? filter.sql : `session = ? AND ${filter.sql}`;
  const values = session === undefined ? filter.values : [session, ...filter.values];
  const columns = `SELECT ${frameColumns} FROM frame`;
  switch (access.by) {
    case 'scan':
      return {
        sql: `${columns} NOT INDEXED WHERE n > ? AND n < ? AND ${also} ORDER BY n ${order} LIMIT ?`,
        values: [after, before, ...values, size],
      };
    case 'flagged':
      return {
        sql: `${columns} INDEXED BY frame_flags WHERE flags IS NOT NULL AND n > ? AND n < ? AND ${also}
          ORDER BY n ${order} LIMIT ?`,
        values: [after, before, ...values, size],
      };
    case 'session':
      return {
        sql: `${columns} INDEXED BY frame_session WHERE session = ? AND seq > ? AND seq <= ? AND ${also}
          ORDER BY seq ${order} LIMIT ?`,
        values: [
          access.session,
          seqAt(access.session, after),
          seqAt(access.session, before - 1),
          ...values,
          size,
        ],
      };
    case 'names': {
      if (access.names.length === 0) return { sql: `${columns} WHERE 0`, values: [] };
      const one = (name: number): string =>
        `SELECT n FROM (SELECT n FROM frame INDEXED BY frame_name WHERE name = ${name} AND n > ? AND n < ? AND ${also}
          ORDER BY n ${order} LIMIT ?)`;
      return {
        sql: `${columns} WHERE n IN (SELECT n FROM (${access.names.map(one).join(' UNION ALL ')})
          ORDER BY n ${order} LIMIT ?) ORDER BY n ${order}`,
        values: [...access.names.flatMap(() => [after, before, ...values, size]), size],
      };
    }
  }
}
