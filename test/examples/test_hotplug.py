"""An example: testing code that drives QEMU, without a QEMU. Run it like this:

    qmptap replay server recordings/demo.qmptap --match content --keep --exec -- pytest test/examples/test_hotplug.py
"""
import json
import os
import socket

import pytest


class Monitor:
    """The code under test: a QMP client."""

    def __init__(self, address):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.connect(address.removeprefix("unix:"))
        self.lines = self.socket.makefile("rb")
        self.events = []
        self.greeting = json.loads(self.lines.readline())
        self.execute("qmp_capabilities")

    def execute(self, name, **arguments):
        command = {"execute": name, "arguments": arguments, "id": name}
        if not arguments:
            del command["arguments"]
        self.socket.sendall(json.dumps(command).encode() + b"\r\n")
        while True:
            message = json.loads(self.lines.readline())
            if message.get("id") == name:
                return message
            self.events.append(message["event"])


@pytest.fixture
def monitor():
    return Monitor(os.environ["QMPTAP_ADDRESS"])


def test_greeting(monitor):
    assert monitor.greeting["QMP"]["version"]["qemu"]["major"] == 7


def test_a_machine_is_stopped(monitor):
    assert monitor.execute("query-status")["return"]["status"] == "prelaunch"
    monitor.execute("stop")
    assert monitor.events == ["STOP"]
    assert monitor.execute("query-status")["return"]["status"] == "paused"


def test_a_disk_that_is_not_there(monitor):
    answer = monitor.execute("device_add", driver="virtio-blk-pci", drive="no-such-disk", id="vd1")
    assert "no-such-disk" in answer["error"]["desc"]
