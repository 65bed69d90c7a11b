/**
 * The library: record and read QMP traffic from a program or a test. Nothing else of qmptap is meant
 * to be imported.
 */
export type { ErrorAccount, ErrorCode, OutputErrorCode, RecordingErrorCode } from './errors.js';
export {
  ConnectError,
  DivergenceError,
  JsonError,
  OutputError,
  QmptapError,
  RecordingError,
  UsageError,
} from './errors.js';
export type { Condition } from './recording/condition.js';
export type { Direction, Message, MessageKind, MessageRef } from './recording/message.js';
export type { MessageOutline, MessageRange, RecordingInfo, RecordingReader } from './recording/ports.js';
export type { Dialect, Peer, ServerVersion, Session, SessionEnd } from './recording/session.js';
export { type DiffOptions, diffRecordings, type RecordingDiff } from './inspect/diff/diff-recordings.js';
export type { Change, DiffEntry, SessionDiff } from './inspect/diff/diff.js';
export { parseFilter } from './inspect/filter/filter.js';
export { collectPending, type Pending, type PendingCommand } from './inspect/stories/pending.js';
export {
  checkCommand,
  type ExplainedMember,
  explainMessage,
  type SchemaFinding,
} from './inspect/schema/schema-check.js';
export { diffSchemas, type SchemaDiff } from './inspect/schema/schema-diff.js';
export { findSchema } from './inspect/schema/schemas.js';
export { describeName, type Shape, type ShapeLine } from './inspect/schema/schema-shape.js';
export { collectStatistics, type Statistics, type StatisticsSource } from './inspect/stats/stats.js';
export { collectStories, type Story, type StoryOutcome, type StoryStep } from './inspect/stories/stories.js';
export type { CommandStatistics, EventStatistics } from './inspect/stats/tallies.js';
export {
  record,
  type RecordOptions,
  type RecordSummary,
  type RunningRecorder,
} from './launch/record/record.js';
export {
  replayClient,
  type ReplayClientOptions,
  type RunningReplayClient,
} from './launch/replay/replay-client.js';
export type { ReplayServerOptions, RunningReplayServer } from './launch/replay/replay-options.js';
export { replayServer } from './launch/replay/replay-server.js';
export type { ReplaySource } from './launch/replay/replay-source.js';
export type { Difference } from './json/difference.js';
export type { Candidate, Divergence, DivergenceKind, Line } from './replay/match/divergence.js';
export type { Script, ScriptEntry, ScriptMessage } from './replay/plan/script.js';
export type { ReplayedSession, ReplaySummary } from './replay/match/summary.js';
export type { Schema } from './qmp/schema.js';
export { openRecording } from './store/index/open.js';
