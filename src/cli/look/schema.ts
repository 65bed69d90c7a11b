/** What `qmptap schema` does: finds the schema in a recording, prints it, or compares two. */
import { RecordingError, UsageError } from '../../errors.js';
import { didYouMean } from '../../text/closest.js';
import { Schemas } from '../../inspect/schema/schemas.js';
import { diffSchemas } from '../../inspect/schema/schema-diff.js';
import { describeName } from '../../inspect/schema/schema-shape.js';
import { schemaDiffText, schemaText, shapeText } from '../../inspect/schema/schema-text.js';
import type { Schema } from '../../qmp/schema.js';
import { chosenSession } from '../../recording/chosen-session.js';
import { openRecording } from '../../store/index/open.js';
import { jsonLine, Lines, say } from '../output/output.js';

/** @throws RecordingError if there is no schema in it, UsageError if the schema has no such name */
export function showSchema(
  file: string,
  name: string | undefined,
  session: number | undefined,
  json: boolean,
): void {
  const schema = loadSchema(file, session);
  const lines = new Lines();
  if (name === undefined) {
    const { commands, events } = schema;
    if (json)
      lines.write(
        jsonLine({ type: 'schema', commands: [...commands.values()], events: [...events.values()] }),
      );
    else for (const line of schemaText(schema)) lines.write(`${line}\n`);
  } else {
    const shapes = describeName(schema, name);
    if (shapes.length === 0) {
      const names = [...schema.commands.keys(), ...schema.events.keys()];
      throw new UsageError({
        subject: name,
        reason: `no command or event of this server${didYouMean(name, names)}`,
      });
    }
    for (const shape of shapes) {
      if (json) lines.write(jsonLine({ type: 'shape', ...shape }));
      else for (const line of shapeText(shape)) lines.write(`${line}\n`);
    }
  }
  lines.flush();
}

/**
 * Gives the exit code: 3 if the schemas differ.
 * @throws RecordingError if there is no schema in one of them
 */
export function diffSchemaFiles(fileA: string, fileB: string, json: boolean): number {
  const found = diffSchemas(loadSchema(fileA, undefined), loadSchema(fileB, undefined));
  const lines = new Lines();
  let same = true;
  for (const line of schemaDiffText(found)) {
    same = false;
    if (!json) lines.write(`${line}\n`);
  }
  if (json) lines.write(jsonLine({ type: 'schema-diff', same, ...found }));
  lines.flush();
  return same ? 0 : 3;
}

/**
 * The schema that a recording holds, of one session or of any.
 * @throws RecordingError if there is none
 */
export function loadSchema(file: string, session: number | undefined): Schema {
  using reader = openRecording(file, { onNotice: say });
  if (session !== undefined) chosenSession(reader, session);
  const schemas = new Schemas(reader);
  const schema = session === undefined ? schemas.first() : schemas.of(session);
  if (schema !== undefined) return schema;
  const whose = session === undefined ? 'it holds' : `session ${session} has`;
  throw new RecordingError(
    {
      reason: `${whose} no answer to query-qmp-schema`,
      remedy: 'record libvirt probing (`qmptap emulator --probe`), or send the command yourself',
    },
    { path: file },
  );
}
