/** The completion scripts for bash, zsh and fish. Each asks the program itself, so an update needs no new script. */

export const shells = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof shells)[number];

/** The script for a shell. */
export function completionScript(shell: Shell): string {
  return { bash, zsh, fish }[shell];
}

const bash = `# bash completion for qmptap
_qmptap() {
  local how i
  COMPREPLY=()
  {
    IFS= read -r how
    mapfile -t COMPREPLY
  } < <(command qmptap complete bash -- "\${COMP_LINE:0:COMP_POINT}" "$2" 2>/dev/null)
  [[ $how == *nospace* ]] && compopt -o nospace
  if [[ $how == *command* ]]; then
    for ((i = 1; i < COMP_CWORD; i++)); do [[ \${COMP_WORDS[i]} == -- ]] && break; done
    if declare -F _command_offset >/dev/null; then
      _command_offset $((i + 1))
    elif ((COMP_CWORD == i + 1)); then
      mapfile -t COMPREPLY < <(compgen -c -- "$2")
    else
      compopt -o default
    fi
  elif [[ $how == *default* ]]; then
    compopt -o default
  fi
}
complete -F _qmptap qmptap
`;

const zsh = `#compdef qmptap
_qmptap() {
  local -a answer described bare
  local how item word
  answer=("\${(@f)$(command qmptap complete zsh -- "\${(j: :)words[1,CURRENT-1]} \$QIPREFIX\$IPREFIX\$PREFIX" 2>/dev/null)}")
  how=$answer[1]
  if [[ $how == *command* ]]; then
    local -i at=\${words[(i)--]}
    shift at words
    ((CURRENT -= at))
    _normal
    return
  fi
  local -a space
  [[ $how == *nospace* ]] && space=(-S '')
  for item in "\${(@)answer[2,-1]}"; do
    [[ -z $item ]] && continue
    word=\${item%%$'\\t'*}
    if [[ $item == *$'\\t'* ]]; then
      described+=("\${word//:/\\\\:}:\${item#*$'\\t'}")
    else
      bare+=("\${word//:/\\\\:}")
    fi
  done
  local -i found=1
  _describe qmptap described "\$space[@]" && found=0
  _describe qmptap bare "\$space[@]" && found=0
  case $how in
    *file*) compset -P '(--[^=]#=|unix:)'; _files && found=0 ;;
    *recording*) compset -P '--[^=]#='; _files -g '*.qmptap(-.)' && found=0 ;;
    *folder*) compset -P '--[^=]#='; _files -/ && found=0 ;;
  esac
  return found
}
if [[ $funcstack[1] == _qmptap ]]; then
  _qmptap "$@"
else
  compdef _qmptap qmptap
fi
`;

const fish = `# fish completion for qmptap
function __qmptap_complete
    set -l answer (command qmptap complete fish -- (commandline -cp | string collect) 2>/dev/null)
    set -l token (commandline -ct)
    if string match -q '*command*' -- $answer[1]
        set -l words (commandline -opc)
        set -l at (contains -i -- -- $words)
        set -e words[1..$at]
        complete -C (string join ' ' -- (string escape -- $words) "$token")
        return
    end
    printf '%s\\n' $answer[2..]
    # What any command is offered: files.
    string match -q '*default*' -- $answer[1]; and complete -C "true $token"
end
complete -c qmptap -f -a '(__qmptap_complete)'
`;
