import { realClock } from '@daqtor/core';
import { esp301, keithley2000 } from '@daqtor/drivers';
import { closeOnExit, labFromFile, labLog } from '@daqtor/host';
import { logFile } from '@daqtor/savers';
import { fiveInstruments } from './five-instruments.ts';

const instruments = await fiveInstruments(realClock);
const bench = await labFromFile('apps/demo/src/five-instruments.yaml', {
  plugins: [esp301, keithley2000],
  variables: instruments.variables,
});
closeOnExit(bench);
labLog(bench.events$, { to: process.stdout, form: 'text', level: 'debug' });
const modules = Object.values(bench.modules).map((module) => ({ module, everyMs: 200 }));
const logger = await bench.log({ modules, to: logFile(process.argv[2] ?? './data') });
await realClock.sleep(3000);
await instruments.unplug();
await realClock.sleep(3000);
await instruments.replug();
await realClock.sleep(4000);
console.log(`The log is in ${logger.file}`);
for (const error of await bench.close()) console.error(error.message);
await instruments.close();
