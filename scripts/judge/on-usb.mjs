// on-usb.mjs INSTRUMENT COMMAND...
// Within scripts/with-usb.sh: plugs a simulated instrument in as /dev/bus/usb/001/002 and runs a command, in which the word
// ADDRESS becomes its address. Exits as the command does.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { createInterface } from 'node:readline';
import { serveSimulator } from './serve-simulator.mjs';

const [instrument, file, ...args] = process.argv.slice(2);
const { addresses, usbip, end } = await serveSimulator(instrument, '--usbip', '0');
try {
  const socket = connect(process.env.DAQTOR_USBFS);
  socket.write(`${usbip.host} ${usbip.port} ${usbip.busId}\n`);
  const [said] = await once(createInterface({ input: socket }), 'line');
  socket.destroy();
  if (said !== 'plugged in /dev/bus/usb/001/002') throw new Error(said);
  const child = spawn(
    file,
    args.map((one) => (one === 'ADDRESS' ? addresses[0] : one)),
    { stdio: 'inherit' },
  );
  [process.exitCode] = await once(child, 'close');
} finally {
  await end();
}
