// USB for machines whose kernel has none: serves /dev/bus/usb in a mount namespace from user space, by FUSE, with devices
// that are imported by USB/IP. The package `usb` makes raw system calls, so nothing less than a file system reaches it.
// Started by scripts/with-usb.sh; file 9 is the mounted /dev/fuse. A line to the socket DAQTOR_USBFS plugs a device in:
// `HOST PORT BUS_ID [KERNEL_DRIVER]`, answered by `plugged in /dev/bus/usb/001/NNN` or what went wrong. It is gone when
// the server of USB/IP ends the connection.
import { spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { type AttachedDevice, attachDevice } from './attached-device.ts';
import { DeviceTree } from './device-tree.ts';
import { Fuse } from './fuse.ts';
import { ProcessMemory } from './process-memory.ts';
import { addToSysfs, devicePath, minorOf, prepareSysfs, removeFromSysfs } from './sysfs.ts';

const FUSE_FILE = 9;
/** Number 1 is the root hub. */
const FIRST_NUMBER = 2;

const announcer = spawn('python3', [fileURLToPath(new URL('announce.py', import.meta.url))], {
  stdio: ['pipe', 'inherit', 'inherit'],
});
announcer.stdin.on('error', () => undefined);
announcer.on('error', (error) => console.error(`plugging in and out is not announced: ${error.message}`));

const devices = new Map<number, AttachedDevice>();
let [lastNumber, lastSequence] = [FIRST_NUMBER - 1, 0];

function announce(action: 'add' | 'remove', device: AttachedDevice): void {
  const number = String(device.number).padStart(3, '0');
  const properties = {
    ACTION: action,
    DEVPATH: devicePath(device),
    SUBSYSTEM: 'usb',
    DEVNAME: nodeOf(device),
    DEVTYPE: 'usb_device',
    PRODUCT: [8, 10, 12].map((at) => device.descriptor.readUInt16LE(at).toString(16)).join('/'),
    TYPE: '0/0/0',
    BUSNUM: '001',
    DEVNUM: number,
    SEQNUM: String(++lastSequence),
    MAJOR: '189',
    MINOR: String(minorOf(device)),
    USEC_INITIALIZED: '1',
  };
  announcer.stdin.write(`${JSON.stringify(properties)}\n`);
}

const nodeOf = ({ number }: AttachedDevice) => `/dev/bus/usb/001/${String(number).padStart(3, '0')}`;

async function plugIn([host = '', port, busId = '', kernelDriver]: readonly string[]): Promise<string> {
  const device = await attachDevice({ host, port: Number(port), busId }, ++lastNumber, kernelDriver);
  devices.set(device.number, device);
  addToSysfs(device);
  announce('add', device);
  device.client.onGone = () => {
    device.isGone = true;
    devices.delete(device.number);
    for (const file of device.files) file.wake();
    removeFromSysfs(device);
    announce('remove', device);
  };
  return `plugged in ${nodeOf(device)}`;
}

prepareSysfs();
const fuse = new Fuse(FUSE_FILE);
const tree = new DeviceTree(fuse, new ProcessMemory(), devices);
fuse.serve(
  (request) => tree.handle(request),
  (cause) => {
    if (cause) console.error(cause);
    process.exit(cause ? 1 : 0);
  },
);
createServer((socket) => {
  socket.on('error', () => undefined);
  createInterface({ input: socket }).on('line', (line) => {
    plugIn(line.trim().split(' ')).then(
      (said) => socket.write(`${said}\n`),
      (error: Error) => socket.write(`${error.message}\n`),
    );
  });
}).listen(process.env.DAQTOR_USBFS);
