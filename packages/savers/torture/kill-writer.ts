import { once } from 'node:events';
import { dataset } from '@daqtor/savers';
import { seeded } from '../src/testing/seeded.ts';
import { Notes } from './notes.ts';
import { tortureScan } from './torture-scan.ts';

/** Records scan after scan into one dataset and notes in a file what was acknowledged, until it is killed. */
const [folder = '', notes = '', seed = '0', commit = 'point'] = process.argv.slice(2);
const random = seeded(Number(seed));
const noted = new Notes(notes);

await once(process.stdin, 'data');
const recorder = dataset(
  folder,
  { sample: 'torture' },
  commit === 'point' ? {} : commit === 'swmr' ? { swmr: true } : { commit: { everyMs: Number(commit) } },
);
for (let key = 0; ; key++) {
  const shape = [2 + Math.floor(random() * 4), 2 + Math.floor(random() * 12)] as const;
  const ahead = random() < 0.5 ? 1 : 2 + Math.floor(random() * 30);
  const scan = { shape, key, ahead };
  await tortureScan(recorder, scan, noted.told(scan));
}
