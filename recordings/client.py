"""Sends the lines of standard input to a monitor, each once the one before is answered."""
import os, socket, sys

monitor = socket.socket(socket.AF_UNIX)
monitor.connect(os.environ["QMPTAP_ADDRESS"].removeprefix("unix:"))
answers = monitor.makefile("rb")
for line in sys.stdin.buffer:
    monitor.sendall(line)
    for answer in answers:
        if b'"return"' in answer or b'"error"' in answer:
            break
