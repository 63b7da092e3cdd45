// The instruments of the README's first script, simulated: prints where they are, and serves them until it is ended.
import { realClock } from '@daqtor/core';
import { opticsBench } from '@daqtor/sim';

const bench = await opticsBench({ clock: realClock, wire: 'real', speed: 4 });
console.log(JSON.stringify({ stage: String(bench.stagePort), meter: String(bench.meterPort) }));
process.once('SIGTERM', () => void bench.close().then(() => process.exit(0)));
