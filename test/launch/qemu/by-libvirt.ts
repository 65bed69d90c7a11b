/** As libvirt 9.0 starts a VM. */
export const byLibvirt = [
  ...['-name', 'guest=t1,debug-threads=on', '-S', '-machine', 'pc-i440fx-7.2,usb=off', '-no-user-config'],
  ...['-nodefaults', '-chardev', 'socket,id=charmonitor,fd=28,server=on,wait=off'],
  ...['-mon', 'chardev=charmonitor,id=monitor,mode=control', '-rtc', 'base=utc'],
  ...['-chardev', 'socket,id=charchannel0,fd=24,server=on,wait=off'],
  '-device',
  '{"driver":"virtserialport","bus":"virtio-serial0.0","nr":1,"chardev":"charchannel0","id":"channel0","name":"org.qemu.guest_agent.0"}',
];
