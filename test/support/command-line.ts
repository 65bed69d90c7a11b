/**
 * The command line inside the test's own process: which action a line reaches, and with what. The test mocks the
 * actions, so nothing runs.
 */
import { CommanderError, type Command } from 'commander';
import { expect, type Mock, test } from 'vitest';
import { typedLine } from '../../src/cli/completion/shell-words.js';
import { createProgram } from '../../src/cli/program.js';
import { UsageError } from '../../src/errors.js';
import { examplesOf } from '../newcomer/shown.js';

type Action = Mock<(...given: never[]) => unknown>;

export interface CommandTable {
  /** As the user types it: `replay server`. */
  readonly command: string;
  /** Mocks of all that the command can run. */
  readonly actions: readonly Action[];
  /** What follows the command on a line, the action that runs, and what it is given. */
  readonly runs: readonly (readonly [line: string, action: Action, ...given: unknown[]])[];
  /** What follows the command on a line that is refused, and the answer to it. */
  readonly refuses: readonly (readonly [line: string, answer: RegExp])[];
  /** A hidden command has no examples. */
  readonly hidden?: true;
}

/** Tests a command's declaration: its flags, its refusals, and the examples of its help. */
export function testCommand({ command, actions, runs, refuses, hidden }: CommandTable): void {
  test.each(runs.map(([line, ...rest]) => [line, rest] as const))(
    `qmptap ${command} %s`,
    async (line, [action, ...given]) => {
      clear(actions);
      const code = await runLine(`${command} ${line}`);
      expect(callsOf(actions)).toEqual([[action, given]]);
      const returned: unknown = await action.mock.results[0]?.value;
      expect(code).toBe(typeof returned === 'number' ? returned : undefined);
    },
  );

  test.each(refuses)(`qmptap ${command} %s: refused in one line`, async (line, answer) => {
    clear(actions);
    const error: unknown = await runLine(`${command} ${line}`).catch((thrown: unknown) => thrown);
    if (!(error instanceof CommanderError) && !(error instanceof UsageError)) expect.fail(String(error));
    expect(error.message).toMatch(answer);
    expect(error.message).not.toContain('\n');
    expect(callsOf(actions)).toEqual([]);
  });

  if (hidden) return;
  const lines = exampleLines(command);
  test(`qmptap ${command}: every example of the help reaches an action`, async () => {
    expect(lines).not.toEqual([]);
    for (const line of lines) {
      clear(actions);
      await runLine(line);
      expect([line, callsOf(actions).length]).toEqual([line, 1]);
    }
  });
}

/** Runs a line, without `qmptap` before it. Returns the exit code that the command sets. */
async function runLine(line: string): Promise<typeof process.exitCode> {
  const before = process.exitCode;
  process.exitCode = undefined;
  try {
    await silent().parseAsync(typedLine(`${line} `).words, { from: 'user' });
    return process.exitCode;
  } finally {
    process.exitCode = before;
  }
}

/** The lines of a command's help that begin with it, each up to the end of its part of a pipe. */
function exampleLines(command: string): readonly string[] {
  const words = command.split(' ');
  let help = '';
  const program = silent((text) => (help += text));
  const find = (from: Command, name: string): Command | undefined =>
    from.commands.find((inner) => inner.name() === name);
  words.reduce<Command | undefined>((from, name) => from && find(from, name), program)?.outputHelp();
  return examplesOf(help)
    .flatMap((line) => line.split(/\s[|>]\s|<\(|\)$/))
    .flatMap((part) => /^\s*qmptap (.*)$/.exec(part)?.[1] ?? [])
    .filter((line) => line === command || line.startsWith(`${command} `));
}

/** The program, which prints only what `out` is given. All of its commands share one configuration. */
function silent(out: (text: string) => void = () => undefined): Command {
  const program = createProgram();
  Object.assign(program.configureOutput(), { writeOut: out, writeErr: () => undefined });
  return program;
}

function clear(actions: readonly Action[]): void {
  for (const action of actions) action.mockClear();
}

function callsOf(actions: readonly Action[]): unknown[] {
  return actions.flatMap((action) => action.mock.calls.map((given) => [action, given]));
}
