/**
 * The text of the executable that libvirt starts as its `<emulator>`, and the words between it and the
 * recorder that it starts. It is a shell script because it must become QEMU in the same process, which
 * Node cannot; it is bash because others cannot close descriptors above 9. Writes no file.
 */
import { quoted } from '../../text/command-line.js';

/** By this line a file is known to be an emulator of ours, and not somebody's QEMU. */
export const marker = '# An <emulator> for libvirt, written by `qmptap emulator`.';

export interface EmulatorCommands {
  /** The shell's path. */
  readonly bash: string;
  /** `qmptap 0.1.0`. */
  readonly version: string;
}

export interface RecordingEmulator extends EmulatorCommands {
  readonly qemu: string;
  /** The command line that runs the recorder. */
  readonly recorder: readonly string[];
  /** Record libvirt's questions to a QEMU without a VM, too. */
  readonly probe: boolean;
}

/** Seconds that a VM's start waits for its recorder. */
const patience = 10;

/** The script that records what it starts. */
export function recordingScript({ bash, version, qemu, recorder, probe }: RecordingEmulator): string {
  return `#!${bash} -p
${marker}
# (${version}) Records the QMP monitors of each VM that it starts, then becomes QEMU in the same process.
# Whatever goes wrong, QEMU is started, if need be without a recorder. Do not edit: write it anew.

qemu=${quoted(qemu)}
recorder=(${recorder.map(quoted).join(' ')})
probe=${probe ? 'yes' : ''}

monitor= daemon= sockets= pid= state= detail= count=
for word; do
  case $word in
    -qmp | --qmp | -qmp-pretty | --qmp-pretty | -mon | --mon) monitor=yes ;;
    -daemonize | --daemonize) daemon=yes ;;
  esac
  # Sockets of character devices: a recorder may need them, and no other descriptor of QEMU's.
  [[ $word =~ ^socket,(.*,)?fd=([0-9]+)(,|$) ]] && sockets+=" \${BASH_REMATCH[2]} "
done

# Starts the recorder, by a process that ends at once, so that it is no child of QEMU's.
start() {
  local fd inherited=
  for fd in /proc/$BASHPID/fd/*; do
    fd=\${fd##*/}
    if [[ $sockets = *" $fd "* ]]; then inherited+=" $fd"
    elif ((fd > 2 && fd != 255)); then exec {fd}>&-
    fi
  done
  # Its number first, by itself: printed out here it could come behind its answer.
  {
    printf '%s\\0' $BASHPID
    exec "\${recorder[@]}" --pid $$ --shell "$BASH" --inherited "$inherited" -- "$@"
  } < /dev/null &
}

if [[ $monitor && ( ! $daemon || $probe ) ]]; then
  # The right side runs in this process. (There is no /dev/fd where libvirt starts QEMU, so no <(...) either.)
  shopt -s lastpipe
  start "$@" | {
    # The recorder's process; then either ready, descriptors, the number of arguments, arguments; or failed, why.
    hear() { IFS= read -r -d '' -t ${patience} "$1"; }
    arguments=() reason=
    if hear pid && hear state && hear detail && [[ $state = ready ]] && hear count; then
      while ((\${#arguments[@]} < count)) && hear word; do arguments+=("$word"); done
    elif [[ $state = failed ]]; then
      reason=$detail
    fi
    if [[ $count ]] && ((\${#arguments[@]} == count)); then
      for fd in $detail; do exec {fd}>&-; done
      set -- "\${arguments[@]}"
    else
      [[ $pid ]] && kill -KILL "$pid" 2> /dev/null
      echo "qmptap: not recorded: \${reason:-the recorder did not start in ${patience} s}; QEMU starts without qmptap" >&2
    fi
    # The end of this reader tells the recorder that QEMU comes now.
  }
fi

exec "$qemu" "$@"
`;
}

/** The recorder's answer: start QEMU with these arguments; these descriptors are not QEMU's any more. */
export function readyAnswer(argv: readonly string[], taken: readonly number[]): string {
  return words(['ready', taken.join(' '), String(argv.length), ...argv]);
}

/** The recorder's answer: start QEMU without it. */
export function failedAnswer(reason: string): string {
  return words(['failed', reason]);
}

function words(list: readonly string[]): string {
  return list.map((word) => `${word}\0`).join('');
}

export interface ReplayingEmulator extends EmulatorCommands {
  /** The command line that runs the replayer. */
  readonly replayer: readonly string[];
  /** A real QEMU for what was not recorded: libvirt's probing, \`-version\`. */
  readonly qemu: string | undefined;
}

/** The script that becomes a recorded QEMU. */
export function replayingScript({ bash, version, replayer, qemu }: ReplayingEmulator): string {
  return `#!${bash} -p
${marker}
# (${version}) Plays a recorded QEMU back to libvirt; no QEMU runs. Do not edit: write it anew.

replayer=(${replayer.map(quoted).join(' ')})
qemu=${qemu === undefined ? '' : quoted(qemu)}

daemon= answer=
for word; do
  [[ $word = -daemonize || $word = --daemonize ]] && daemon=yes
done

if [[ ! $daemon ]]; then
  exec "\${replayer[@]}" -- "$@"
fi

# With -daemonize the parent ends when the monitor can be connected to.
start() {
  "\${replayer[@]}" --daemon -- "$@" < /dev/null &
}

shopt -s lastpipe
start "$@" | IFS= read -r -d '' -t ${patience} answer
case $answer in
  ready) exit 0 ;;
  pass) [[ $qemu ]] && exec "$qemu" "$@" ;;
esac
exit 1
`;
}
