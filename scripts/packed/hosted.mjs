// Drivers in processes of their own, from a preset, by the packages as they are published.
import { writeFileSync } from 'node:fs';
import { grid, linspace } from '@daqtor/core';
import { labFromFile } from '@daqtor/host';
import { dataset, readArray } from '@daqtor/savers';
import { mockActuator, mockDetector } from '@daqtor/sim';

const preset = `
version: 1
modules:
  x: { kind: mock-actuator, host: worker, settings: { velocity: 20 } }
  camera: { kind: mock-detector, host: worker, settings: { shape: [4, 6] } }
`;
writeFileSync('hosted.yaml', preset);
const bench = await labFromFile('hosted.yaml', {
  plugins: [mockActuator, mockDetector],
  driverModules: ['@daqtor/sim'],
});
const { file, points } = await bench.scan({
  over: grid(linspace(bench.getMove('x'), 0, 1, 3)),
  read: [bench.getViewer('camera')],
  save: dataset('./hosted'),
}).done;
const { shape } = await readArray(file, '/RawData/Scan000/Detector000/Data2D/CH00/Data00');
for (const error of await bench.close()) throw error;
console.log(`${points} points, ${shape.join(' × ')}`);
