/**
 * A recording as a test: the recorded server on a socket, and in the place of the program under test a
 * client that says what was recorded. Sessions are chosen; the messages are the recording's own.
 */
import type { Session } from '../../recording/session.js';
import type { ExportInput } from '../export.js';

/** A file for vitest. */
export function* exportVitest(input: ExportInput): Iterable<string> {
  yield `// The recorded server on a socket: a test of whatever talks to QEMU. Made with \`qmptap export\`.
import { fileURLToPath } from 'node:url';
import { replayClient, replayServer } from 'qmptap';
import { onTestFinished, test } from 'vitest';

const recording = fileURLToPath(new URL(${JSON.stringify(urlOf(input.reference))}, import.meta.url));
`;
  for (const session of input.sessions) {
    yield `
test(${JSON.stringify(sessionTitle(session))}, async () => {
  const qemu = await replayServer(recording, { session: ${session.id} });
  onTestFinished(async () => {
    await qemu.stop();
  });

  // Put the program under test in the place of this client, which says what was recorded.
  const client = await replayClient(recording, { connect: qemu.address, session: ${session.id} });
  await client.verify();

  // Throws, with the conversation and what differs, if it did not go as recorded.
  await qemu.verify();
});
`;
  }
}

/** A file for pytest; it needs the program \`qmptap\`, or its path in $QMPTAP. */
export function* exportPytest(input: ExportInput): Iterable<string> {
  const list = input.sessions.map(
    (session) => `    pytest.param(${session.id}, id=${JSON.stringify(sessionTitle(session))}),\n`,
  );
  yield `# The recorded server on a socket: a test of whatever talks to QEMU. Made with \`qmptap export\`.
import os
import pathlib
import subprocess

import pytest

RECORDING = pathlib.Path(__file__).parent / ${JSON.stringify(input.reference)}
QMPTAP = os.environ.get("QMPTAP", "qmptap")


@pytest.fixture
def qemu(session, tmp_path):
    """The path of the recorded server's socket. The test fails if it does not go as recorded."""
    path = tmp_path / "qmp.sock"
    server = subprocess.Popen(
        [QMPTAP, "replay", "server", RECORDING, "--session", str(session), "--listen", f"unix:{path}", "--once"],
        stderr=subprocess.PIPE,
        text=True,
    )
    told = ""
    while not path.exists() and server.poll() is None:
        told += server.stderr.readline()
    yield path
    try:
        told += server.communicate(timeout=30)[1]
    except subprocess.TimeoutExpired:
        server.kill()
        told += server.communicate()[1]
    assert server.returncode == 0, told


@pytest.mark.parametrize("session", [
${list.join('')}])
def test_conversation(session, qemu):
    # Put the program under test in the place of this client, which says what was recorded.
    client = [QMPTAP, "replay", "client", RECORDING, "--session", str(session), "--connect", f"unix:{qemu}"]
    subprocess.run(client, check=True)
`;
}

/** A path as a URL that is one under any name: no scheme, no query, no fragment. */
function urlOf(path: string): string {
  const encoded = encodeURI(path).replace(/[?#:]/g, encodeURIComponent);
  return encoded.startsWith('//') ? encoded.slice(1) : encoded;
}

function sessionTitle({ id, label }: Session): string {
  return `session ${id}${label === undefined ? '' : `, ${ascii(label)}`}`;
}

function ascii(text: string): string {
  return text.replace(/[^ -~]/g, '?');
}
