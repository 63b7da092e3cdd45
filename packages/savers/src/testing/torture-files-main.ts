import { numbersGiven } from '@daqtor/core/testing';
import { tortureFiles } from './torture-files.ts';

/** `npm run torture:files -- [count] [seed]`: reads that many damaged files, and fails if one is not handled properly. */
const [count, seed] = numbersGiven('npm run torture:files -- [count] [seed]', 10_000, 1);
const tally = await tortureFiles(count, seed, (done, { read, refused, givenUp, failures }) => {
  if (done % 500 === 0) {
    console.log(`${done}: ${read} read, ${refused} refused (${givenUp} given up), ${failures.length} failed`);
  }
});
for (const failure of tally.failures) console.error(failure);
console.log(`${tally.read + tally.refused} passed, ${tally.failures.length} failed`);
process.exitCode = tally.failures.length === 0 ? 0 : 1;
