/** What only asks, in QMP, HMP and the guest agent's dialect. Declared as data. */

/** Globs of commands that change nothing: asked again, they have the same answer until something else has changed. */
export const questions: readonly string[] = [
  'query-*',
  'x-query-*',
  'x-debug-query-block-graph',
  'qom-get',
  'qom-list',
  'qom-list-properties',
  'qom-list-types',
  'device-list-properties',
  'guest-exec-status',
  'guest-fsfreeze-status',
  'guest-get-*',
  'guest-info',
  'guest-network-get-*',
  'guest-ping',
  'guest-sync',
  'guest-sync-delimited',
];

/** HMP has no answer but text; of its commands these only print. */
export const hmpQuestion = /^\s*(?:info|help|print|p|x|xp)\b/;
