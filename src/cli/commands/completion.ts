/** `qmptap completion`: the script by which a shell completes qmptap; and `complete`, which it calls. */
import { Argument, type Command } from 'commander';
import { type Shell, shells } from '../completion/scripts.js';

export function addCompletionCommand(program: Command): void {
  program
    .command('completion')
    .summary('the script by which bash, zsh or fish completes it')
    .description('print the script by which bash, zsh or fish completes it')
    .addArgument(new Argument('<shell>', 'which one').choices(shells))
    .addHelpText(
      'after',
      `
Completes commands, options and their values, recordings and folders, and the filter language with the
names, sessions and schema of the recording that the line names. The script asks the program itself, so
it need not be printed again after an update.

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
