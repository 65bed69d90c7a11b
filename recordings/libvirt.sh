#!/bin/sh
# Records a VM under libvirt: its start, a disk attached, a question, its end. Configures and starts the system's libvirtd,
# so run it where nothing is lost: npm run lab:newest -- sid -- sh recordings/libvirt.sh
set -eu
here=$(pwd)
folder=/tmp/vm
mkdir "$folder"
cat >/etc/libvirt/qemu.conf <<'CONF'
security_driver = "none"
user = "root"
group = "root"
remember_owner = 0
stdio_handler = "file"
CONF
libvirtd -d
node "$here/dist/cli/main.js" emulator "$folder/qemu" --qemu /usr/bin/qemu-system-x86_64 --recordings "$folder/recordings"
for disk in system more; do qemu-img create -q -f qcow2 "$folder/$disk.qcow2" 16M; done
cat >"$folder/vm.xml" <<'XML'
<domain type='qemu'>
  <name>vm</name>
  <uuid>b3a8a4e2-57b0-4ab6-9f51-1f6f2f0e7a10</uuid>
  <memory unit='MiB'>64</memory>
  <os><type arch='x86_64' machine='pc'>hvm</type></os><features><acpi/></features>
  <devices>
    <emulator>/tmp/vm/qemu</emulator>
    <disk type='file' device='disk'>
      <driver name='qemu' type='qcow2'/><source file='/tmp/vm/system.qcow2'/><target dev='vda' bus='virtio'/>
    </disk>
  </devices>
</domain>
XML
export LIBVIRT_DEFAULT_URI=qemu:///system
virsh -q define "$folder/vm.xml"
virsh -q start vm
virsh -q attach-disk vm "$folder/more.qcow2" vdb --subdriver qcow2
virsh -q suspend vm
virsh -q qemu-monitor-command vm '{"execute":"query-status"}'
virsh -q resume vm
virsh -q destroy vm
# The recorder removes its lock when it is done.
for second in 1 2 3 4 5 6 7 8 9 10; do
  ls "$folder/recordings" | grep -q lock || break
  sleep 1
done
cp "$folder"/recordings/*.qmptap "$here/recordings/libvirt.qmptap"
