import { mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SimulatedInstrument } from '../instruments/simulated-instrument.ts';
import { servePty } from './pty-port.ts';
import type { PluggedInstrument, ServedInstrument } from './served-instrument.ts';

/**
 * Puts an instrument on a pseudo-terminal with a name of its own, which stays while the terminal comes and goes, as
 * `/dev/serial/by-id` has it.
 */
export async function servePtyByName(instrument: SimulatedInstrument, name: string): Promise<PluggedInstrument> {
  const folder = await mkdtemp(join(tmpdir(), 'daqtor-by-id-'));
  const path = join(folder, name);
  let served: ServedInstrument | undefined;
  const unplug = async () => {
    await rm(path, { force: true });
    await served?.unplug();
    served = undefined;
  };
  const replug = async () => {
    await unplug();
    served = await servePty(instrument);
    await symlink(served.address.replace(/^serial:/, ''), path);
  };
  await replug();
  return {
    address: `serial:${path}`,
    unplug,
    replug,
    async close() {
      await unplug();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
