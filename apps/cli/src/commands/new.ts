import { resolve } from 'node:path';
import { builtInDrivers } from '@daqtor/drivers';
import type { Command } from '../command.ts';
import { Misuse } from '../misuse.ts';
import { newDriver, takenName } from '../new-driver.ts';

export const newCommand: Command = {
  name: 'new',
  summary: 'writes a package with a driver of your own, to go on from',
  help: `Writes a package with a driver, its simulator, their tests and a README. The tests pass as they are; it is linked to
this copy of Daqtor. docs/write-a-driver.md says how to go on.

Usage: daqtor new driver NAME [options]

  --to FOLDER   where it goes (default ./daqtor-NAME)
  --help        this text

  NAME is that of the instrument: lower case letters, digits and hyphens.

Example: daqtor new driver fluke-45`,
  options: { to: { type: 'string' } },
  takes: [2, 2],
  async run([what, name = ''], { to }, terminal) {
    if (what !== 'driver') throw new Misuse(`'${what}' cannot be made: try daqtor new driver NAME`);
    if (!/^[a-z0-9]+(-[a-z0-9]+)*$/.test(name)) {
      throw new Misuse(`'${name}' is no name for a driver: lower case letters, digits and hyphens, e.g. fluke-45`);
    }
    if (builtInDrivers.some(({ manifest }) => manifest.kind === name)) {
      throw new Misuse(`there is a driver '${name}' already: choose another name`);
    }
    const taken = await takenName(name);
    if (taken !== undefined) throw new Misuse(`'${name}' ${taken}: choose another name, e.g. ${name}-1`);
    const folder = resolve(typeof to === 'string' ? to : `daqtor-${name}`);
    const files = await newDriver(name, folder);
    terminal.out(`Wrote ${folder}\n${files.map((file) => `  ${file}`).join('\n')}`);
    terminal.out(`\nNext: cd ${folder} && npm test`);
  },
};
