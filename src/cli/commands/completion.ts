/** `qmptap completion`: the script by which a shell completes qmptap; and `complete`, which it calls. */
import { Argument, type Command } from 'commander';
import { type Shell, shells } from '../completion/scripts.js';

export function addCompletionCommand(program: Command): void {
  program
    .command('completion')
    .summary('print the completion script for bash, zsh or fish')
    .description('Print the completion script for bash, zsh or fish.')
    .addArgument(new Argument('<shell>', 'the shell').choices(shells))
    .addHelpText(
      'after',
      `
Completes commands, options and their values, recordings and folders, and filters with the names, sessions and
schema of the recording on the line. The script asks qmptap itself, so an update needs no new script.

Examples:
  source <(qmptap completion bash)        # in ~/.bashrc
  source <(qmptap completion zsh)         # in ~/.zshrc, after compinit
  qmptap completion fish > ~/.config/fish/completions/qmptap.fish`,
    )
    .action(async (shell: Shell) => {
      const { completionScript } = await import('../completion/scripts.js');
      process.stdout.write(completionScript(shell));
    });
  program
    .command('complete', { hidden: true })
    .description('what can follow on a line; called by the scripts of `completion` alone')
    .addArgument(new Argument('<shell>').choices(shells))
    .argument('<line>')
    .argument('[replaced]')
    .action(async (shell: Shell, line: string, replaced: string | undefined) => {
      const { complete } = await import('../completion/complete.js');
      process.stdout.write(await complete(program, shell, line, replaced));
    });
}
