/**
 * The text of the executable that libvirt starts as its `<emulator>`, and the words between it and the
 * recorder that it starts. It is a shell script because it must become QEMU in the same process, which
 * Node cannot; it is bash because others cannot close descriptors above 9. Writes no file.
 */
import { quoted } from '../../text/command-line.js';

/** This line marks a file that qmptap wrote, and may replace. */
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

json_socket='^[{].*"str": *"([0-9]+)"'
monitor= daemon= probing= question= standard= input= output= sockets= pid= state= detail= count= last=
for word; do
  case $last in
    -machine | --machine | -M | --M) [[ $word = none || $word = none,* ]] && probing=yes ;;
  esac
  last=$word
  case $word in
    -qmp | --qmp | -qmp-pretty | --qmp-pretty | -mon | --mon | -readconfig | --readconfig) monitor=yes ;;
    monitor-qmp,* | qom-type=monitor-qmp,* | *,qom-type=monitor-qmp* | '{'*monitor-qmp*) monitor=yes ;;
    -daemonize | --daemonize) daemon=yes ;;
    stdio | stdio,* | backend=stdio* | '{'*'"stdio"'*) standard=yes ;;
    -h | -help | --help | -version | --version | help | *,help | \\? | *,\\?) question=yes ;;
  esac
  # Sockets of character devices: a recorder may need them, and no other descriptor of QEMU's.
  [[ $word =~ ^(backend=)?socket,(.*,)?fd=([0-9]+)(,|$) ]] && sockets+=" \${BASH_REMATCH[3]} "
  [[ $word =~ $json_socket ]] && sockets+=" \${BASH_REMATCH[1]} "
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
  # Its number first, by itself: printed out here it could come behind its answer. What it prints before it runs comes
  # with the answer, too: if it never runs, that says why.
  {
    printf '%s\\0' $BASHPID
    exec {log}>&2 2>&1
    exec "\${recorder[@]}" --pid $$ --shell "$BASH" --log $log --inherited "$inherited" \\
      --standard "$input $output" -- "$@"
  } < /dev/null &
}

# Of all that a program printed at its end, the line that says why.
said() {
  local rest=$1$'\\n' line last=
  while [[ $rest ]]; do
    line=\${rest%%$'\\n'*} rest=\${rest#*$'\\n'}
    case $line in
      qmptap:* | *[Ee]rror:*) last=$line; break ;;
      ?*) last=$line ;;
    esac
  done
  printf '%s' "\${last:-it printed nothing}"
}

if [[ $monitor && ( ! $daemon || ! $probing || $probe ) ]]; then
  # A monitor may be our standard input and output, of which the recorder gets copies.
  if [[ $standard && ! $daemon ]]; then
    exec {input}<&0 {output}>&1
    sockets+=" $input  $output "
  fi
  # The right side runs in this process. (There is no /dev/fd where libvirt starts QEMU, so no <(...) either.)
  shopt -s lastpipe
  start "$@" | {
    # The recorder's process; then either ready, descriptors, the number of arguments, arguments; or failed, why.
    # By bytes: in another locale, half a character would swallow the NUL behind it.
    hear() { local LC_ALL=C; IFS= read -r -d '' -t ${patience} "$1"; }
    arguments=() reason="the recorder did not start in ${patience} s"
    hear pid && hear state
    status=$?
    if ((status == 0)); then
      # Warnings of the program's that runs the recorder.
      [[ $state = *$'\\n'* ]] && printf '%s\\n' "\${state%$'\\n'*}" >&2
      state=\${state##*$'\\n'}
      hear detail
      if [[ $state = ready ]] && hear count; then
        while ((\${#arguments[@]} < count)) && hear word; do arguments+=("$word"); done
      elif [[ $state = failed ]]; then
        reason=$detail
      fi
    elif ((status == 1)); then
      reason="the recorder ended before it was ready: $(said "$state")"
    fi
    if [[ $count ]] && ((\${#arguments[@]} == count)); then
      for fd in $detail; do
        [[ $fd = "$input" ]] && standard=taken
        exec {fd}>&-
      done
      set -- "\${arguments[@]}"
    else
      [[ $pid ]] && kill "$pid" 2> /dev/null
      echo "qmptap: not recorded: $reason; QEMU starts without qmptap" >&2
    fi
    # The end of this reader tells the recorder that QEMU comes now.
  }
  if [[ $input ]]; then
    exec {input}<&- {output}>&-
    [[ $standard = taken ]] && exec < /dev/null
  fi
elif [[ ! $monitor && ! $question ]]; then
  echo "qmptap: not recorded: there is no QMP monitor in its arguments" >&2
fi

exec "$qemu" "$@"
`;
}

/** The recorder's answer: start QEMU with these arguments; these descriptors are not QEMU's any more. */
export function readyAnswer(argv: readonly Uint8Array[], taken: readonly number[]): Uint8Array {
  return answer(['ready', taken.join(' '), String(argv.length), ...argv]);
}

/** The recorder's answer: start QEMU without it. */
export function failedAnswer(reason: string): Uint8Array {
  return answer(['failed', reason]);
}

function answer(words: readonly (string | Uint8Array)[]): Uint8Array {
  const end = Buffer.of(0);
  return Buffer.concat(words.flatMap((word) => [typeof word === 'string' ? Buffer.from(word) : word, end]));
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
