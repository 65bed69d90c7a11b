#!/bin/bash
# Takes lines "NUMBER SCRIPT" of a port of the lab's, the script in base64, and answers "NUMBER CODE OUTPUT".
export HOME=/root LC_ALL=C PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
cd /root
exec 3<> /dev/virtio-ports/lab
[ -e /run/lab-script ] || echo ready >&3
while read -r number script <&3; do
  base64 -d <<< "$script" > /run/lab-script
  setsid bash /run/lab-script > /run/lab-output 2>&1 < /dev/null 3>&-
  echo "$number $? $(base64 -w 0 /run/lab-output)" >&3
done
