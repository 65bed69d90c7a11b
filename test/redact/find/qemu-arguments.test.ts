import { describe, expect, test } from 'vitest';
import { hideInArguments, hideInCommandLine } from '../../../src/redact/find/qemu-arguments.js';

const withoutSecrets = (argv: readonly string[]): string[] => hideInArguments(argv, () => '[secret]');

describe('secrets in the arguments', () => {
  test.each<[string, string, string]>([
    ['-object', 'secret,id=s,data=pw,,1,format=raw', 'secret,id=s,data=[secret],format=raw'],
    ['-object', 'qom-type=secret,id=s,data=pw', 'qom-type=secret,id=s,data=[secret]'],
    [
      '-object',
      '{"qom-type":"secret","id":"s","data":"pw","iv":"AAA="}',
      '{"qom-type":"secret","id":"s","data":"[secret]","iv":"AAA="}',
    ],
    ['-spice', 'port=1,password=pw', 'port=1,password=[secret]'],
    ['-drive', 'file=https://u:pw@h/x,if=none', 'file=https://[secret]@h/x,if=none'],
    [
      '-blockdev',
      '{"driver":"https","url":"https://u:pw@h/x","cookie":"k=v"}',
      '{"driver":"https","url":"https://[secret]@h/x","cookie":"[secret]"}',
    ],
    ['-drive', 'driver=iscsi,file.password=pw', 'driver=iscsi,file.password=[secret]'],
    ['-fw_cfg', 'name=opt/ignition,string={"a":1}', 'name=opt/ignition,string=[secret]'],
    ['-smbios', 'type=11,value=io.systemd.credential:k=v', 'type=11,value=[secret]'],
  ])('%s %s', (option, value, expected) => {
    expect(withoutSecrets([option, value])).toEqual([option, expected]);
  });

  test.each<[string, string]>([
    ['-vnc', '127.0.0.1:0,password=on'],
    ['-spice', 'password-secret=s1,disable-ticketing=off'],
    ['-object', '{"qom-type":"secret","id":"masterKey0","format":"raw","file":"/d/master-key.aes"}'],
    ['-object', 'memory-backend-ram,id=r,size=1M,data=x'],
    ['-smbios', 'type=1,manufacturer=a,,b'],
    ['-append', 'root=/dev/vda password=on,x=1'],
    ['-blockdev', '{ "driver": "file", "size": 9223372036854775807 }'],
  ])('leaves alone, to the character: %s %s', (option, value) => {
    expect(withoutSecrets([option, value])).toEqual([option, value]);
  });

  test('a text that is no command line is told as such', () => {
    expect(hideInCommandLine('nothing to see', () => 'X')).toBeUndefined();
    expect(hideInCommandLine("it's -x", () => 'X')).toBeUndefined();
  });
});
