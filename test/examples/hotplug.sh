#!/bin/sh
# An example: a shell script that asks a QEMU, tested without one. Run it like this:
#
#     qmptap replay server recordings/demo.qmptap --match content --exec -- sh test/examples/hotplug.sh
set -eu

answer=$(
  printf '%s\n' '{"execute":"qmp_capabilities"}' '{"execute":"cont"}' '{"execute":"query-status","id":"last"}' |
    socat -t 2 - "UNIX-CONNECT:${QMPTAP_ADDRESS#unix:}"
)
echo "$answer" | grep -q '"event": "RESUME"' || { echo 'the machine was not started'; exit 1; }
echo "$answer" | grep '"id": "last"'
