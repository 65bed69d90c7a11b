/**
 * The shell program that holds copies of a recorder's sockets while it runs, and starts another recorder if it
 * dies. It is bash, because what only waits should not cost what a Node does, and because it goes on when Node or
 * this package is replaced or removed under it.
 *
 * Two processes run it, and either is enough. The waiter reads what the recorder says, and becomes the successor
 * at the recorder's end. The guard waits for the end of the waiter, or of the successor that it became, and forks
 * another waiter, until a successor says that it has a keeper of its own.
 */

/** The first of the sockets, in the shell as in a successor. */
export const firstKept = 4;

/** What a recorder says to its keeper on descriptor 3; the answer to its start is `ready`. */
export const toKeeper = { hold: 'hold', release: 'release' } as const;

/** What a successor says to the guard on its standard output. */
export const toGuard = {
  /** It relays: from now on it is not killed for being slow. */
  running: 'running',
  /** It has a keeper of its own, or nothing to keep any more. */
  over: 'over',
} as const;

/** Seconds after which a successor that does not relay is killed, for another to be started. */
const patience = 60;
/** The longest pause between two attempts, in seconds. */
const longestPause = 60;

/**
 * Arguments: `hold` if a successor is to be started even if `hold` is never said; the number of the process with
 * whose end all ends; a file that a successor needs; the successor's command line.
 *
 * The first pause is none, so a successor that was killed is followed at once. Where Node is not in its place any
 * more, the one in $PATH is taken. `read -t` from a pipe that is open for writing, too, pauses without a program.
 */
export const keeperScript = `
trap '' TERM HUP INT QUIT PIPE
shopt -s lastpipe
unset TMOUT
hold=$1 alive=$2 needed=$3 failures=0 pause=0 told=
shift 3

log() { printf 'qmptap: %s\\n' "$1" >&2; }
tell() { printf '%s\\n' "$1"; } 2> /dev/null
program() { [[ -r $needed ]] && if [[ -x $1 ]]; then printf '%s' "$1"; else type -P "\${1##*/}"; fi; }

while :; do
  {
    tell ready >&3
    while IFS= read -r word <&3; do
      case $word in
        ${toKeeper.hold}) hold=yes; tell hold ;;
        ${toKeeper.release}) tell ${toGuard.over}; exit ;;
      esac
    done
    # The recorder has ended. One that never said hold has another keeper.
    [[ $hold ]] || { tell ${toGuard.over}; exit; }
    found=$(program "$1") || { tell missing; exit; }
    tell "successor $BASHPID"
    shift
    exec "$found" "$@" 3<&-
  } | {
    started= missing= limit=
    while :; do
      IFS= read -r $limit word
      case $?:$word in
        0:hold) hold=yes ;;
        0:missing) missing=yes ;;
        0:successor*) started=\${word#* } limit='-t ${patience}' ;;
        0:${toGuard.running}) limit= ;;
        0:${toGuard.over}) exit ;;
        0:* | 1:*) break ;;
        *) kill -KILL "$started"; limit= ;;
      esac
    done
    [[ -e /proc/$alive ]] || exit 0
    if [[ $missing ]]; then
      [[ $told ]] || log "there is no $1, or no $needed: the VM goes on, but its monitor is dead until they are there"
      told=yes pause=1
    elif [[ $started ]]; then
      log "a new recorder ended before it had a keeper; the VM goes on, and another is started in $pause s"
      told= failures=$((failures + 1))
    fi
    if ((pause > 0)); then
      read -r -t "$pause" <> /proc/self/fd/0
      (($? > 128)) || sleep "$pause"
    fi
    if ((failures > 0)); then pause=$((failures < 7 ? 1 << (failures - 1) : ${longestPause})); fi
  }
done
`;
