/**
 * The library: record, replay and read QMP traffic from a program or a test. Nothing else of qmptap is meant
 * to be imported. A comment before a group of exports heads its chapter of docs/api/README.md.
 */

// Record: a proxy between a client and a server that passes every byte on, and keeps it in a file.
export {
  record,
  type RecorderOptions,
  type RecordOptions,
  type RecordSummary,
  type RunningRecorder,
} from './launch/record/record.js';
export type { RecordEvent } from './launch/record/record-event.js';
export type { SessionEvent } from './transport/session/session-event.js';
export type { RecordingLimits } from './launch/record/recording-limits.js';
export type { RecordedFile, SeriesEvent } from './launch/record/recording-series.js';

// Replay: a recorded server for a client under test, or a recorded client for a server.
export { replayServer } from './launch/replay/replay-server.js';
export type { ReplayServerOptions, RunningReplayServer } from './launch/replay/replay-options.js';
export {
  replayClient,
  type ReplayClientOptions,
  type RunningReplayClient,
} from './launch/replay/replay-client.js';
export type { ReplaySource } from './launch/replay/replay-source.js';
export type { Script, ScriptEntry, ScriptMessage } from './replay/plan/script.js';
export type { ReplayedSession, ReplaySummary } from './replay/match/summary.js';
export type { Candidate, Divergence, DivergenceKind, Line } from './replay/match/divergence.js';

// Read: a recording, finished or still being made, with its sessions and messages.
export { type OpenedRecording, openRecording, type OpenOptions } from './store/index/open.js';
export type {
  Loss,
  MessageOutline,
  MessageRange,
  RecordingInfo,
  RecordingReader,
} from './recording/ports.js';
export type { Direction, Message, MessageKind, MessageRef } from './recording/message.js';
export type { Mark } from './recording/marks.js';
export type { Dialect, Peer, ServerVersion, Session, SessionEnd } from './recording/session.js';

// JSON: QEMU's dialect without loss, so that `9223372036853727232` and `1.0` stay what they are.
export { parseJson as parse, type ParseOptions } from './json/parse.js';
export { printJson as print, type PrintOptions } from './json/print.js';
export { equalJson } from './json/canonical.js';
export {
  fromPlain,
  isArray,
  isNumber,
  isObject,
  JsonNumber,
  type JsonObject,
  type JsonValue,
  toPlain,
} from './json/value.js';

// Filter: the expressions of `qmptap show`, as a condition for `messages`.
export { parseFilter } from './inspect/filter/filter.js';
export type { Comparison, Condition, Glob } from './recording/condition.js';
export type { FlagName, NumberName, PathName, TextName } from './recording/fields/fields.js';

// Answers: what happened in a recording, counted, told as stories, and compared with another one.
export { collectStatistics, type Statistics, type StatisticsSource } from './inspect/stats/stats.js';
export type { Place } from './inspect/stats/session-course.js';
export type { CommandStatistics, EventStatistics } from './inspect/stats/tallies.js';
export { collectStories, type Story, type StoryOutcome, type StoryStep } from './inspect/stories/stories.js';
export type { Moment } from './inspect/stories/story.js';
export { collectPending, type Pending, type PendingCommand } from './inspect/stories/pending.js';
export { type DiffOptions, diffRecordings, type RecordingDiff } from './inspect/diff/diff-recordings.js';
export type { Change, DiffCount, DiffEntry, SessionDiff } from './inspect/diff/diff.js';
export type { ItemType } from './inspect/diff/diff-items.js';
export type { Difference } from './json/difference.js';

// Why: what went wrong in a recording, the weightiest finding first.
export { collectFindings, type FindingOptions, gatherFindings } from './inspect/why/why.js';
export type { Finding, FindingKind, NextLook } from './inspect/why/finding.js';

// Rules: what must hold of the order of messages, judged over a recording or as messages come.
export { checkRules, type FreshCase, RuleCheck, type RuledRecording } from './inspect/rules/check-rules.js';
export type { CaseOutcome, RuleCase, RuleResult, Verdict } from './inspect/rules/cases.js';
export type { Values } from './inspect/rules/pattern-match.js';
export { parseRules, printRules } from './inspect/rules/rules-file.js';
export { rulePack, type PackName, type PackRule } from './inspect/rules/pack.js';
export { type Mutation, type MutationKind, mutateRules } from './inspect/rules/mutate.js';
export type { Alternative, Binding, Demand, Goal, Level, Pattern, Rule } from './inspect/rules/rule.js';

// Schema: what a QEMU of a recording says of its own commands and events, and what does not fit it.
export { findSchema } from './inspect/schema/schemas.js';
export {
  checkCommand,
  type ExplainedMember,
  explainMessage,
  type SchemaFinding,
} from './inspect/schema/schema-check.js';
export type { SchemaIssue } from './inspect/schema/schema-walk.js';
export { describeName, type Shape, type ShapeLine } from './inspect/schema/schema-shape.js';
export {
  diffSchemas,
  type NameDiff,
  type SchemaChange,
  type SchemaDiff,
} from './inspect/schema/schema-diff.js';
export type {
  Features,
  JsonType,
  Schema,
  SchemaCommand,
  SchemaEnum,
  SchemaEvent,
  SchemaMember,
  SchemaObject,
  SchemaType,
} from './qmp/schema.js';

// Errors: everything that qmptap throws on purpose.
export type {
  ConnectAttempt,
  ConnectErrorCode,
  ErrorAccount,
  ErrorCode,
  OutputErrorCode,
  RecordingErrorCode,
} from './errors.js';
export {
  ConnectError,
  DivergenceError,
  JsonError,
  OutputError,
  QmptapError,
  RecordingError,
  UsageError,
} from './errors.js';
