import {
  concat,
  ellipse,
  fermat,
  grid,
  linspace,
  realClock,
  rings,
  type Scan,
  scatter,
  spiral,
  squareSpiral,
  times,
  zip,
} from '@daqtor/core';

/**
 * Measures what the points of scans cost, a million of each kind: `npm run bench:points`. Prints which aims were met, and
 * ends with 1 if one was missed.
 */
const plane = grid(linspace('y', 0, 1, 1000), linspace('x', 0, 1, 1000));
const line = linspace('x', 0, 1, 1_000_000);
const kinds: Readonly<Record<string, () => Scan>> = {
  'a grid': () => plane,
  'a grid that snakes': () => plane.snake(),
  'a grid in random order': () => plane.shuffled(1),
  'a grid in an ellipse': () => plane.inside(ellipse([0.5, 0.5], [0.5, 0.5]), 'x', 'y'),
  'a grid ten times': () => grid(linspace('y', 0, 1, 100), linspace('x', 0, 1, 1000)).repeated(10),
  'a grid at times': () => grid(times(1000, 10), linspace('x', 0, 1, 1000)),
  'axes side by side': () => zip(linspace('y', 0, 1, 1_000_000), line),
  'axes one after the other': () => concat(linspace('x', 0, 1, 500_000), linspace('x', 1, 0, 500_000)),
  'random points': () =>
    scatter(
      [
        ['x', 0, 1],
        ['y', 0, 1],
      ],
      1_000_000,
      1,
    ),
  'a square spiral': () => squareSpiral('x', 'y', { step: 1, rings: 500 }),
  "Archimedes' spiral": () => spiral('x', 'y', { radius: 564.2, spacing: 1 }),
  "Fermat's spiral": () => fermat('x', 'y', { radius: 1000, spacing: 1 }),
  rings: () => rings('x', 'y', { radius: 577, spacing: 1, perRing: 6 }),
};

const AIM_MS = 1000;
const AIM_KIB = 512;

function heapBytes(): number {
  globalThis.gc?.();
  return process.memoryUsage().heapUsed;
}

for (const [name, make] of Object.entries(kinds)) {
  const before = heapBytes();
  const beganMs = realClock.now();
  const scan = make();
  let visited = 0;
  for (let step = 0; step < scan.size; step++) visited += scan.at(step).targets.length > 0 ? 1 : 0;
  const tookMs = realClock.now() - beganMs;
  const kib = (heapBytes() - before) / 1024;
  const isMet = tookMs <= AIM_MS && kib <= AIM_KIB && visited === scan.size;
  if (!isMet) process.exitCode = 1;
  const facts = `${tookMs.toFixed(0).padStart(6)} ms ${Math.max(0, kib).toFixed(0).padStart(6)} KiB kept`;
  console.log(`${`${name}, ${visited} points`.padEnd(44)}${facts}  ${isMet ? 'met' : 'MISSED'}`);
}
console.log(`aims: ${AIM_MS} ms, ${AIM_KIB} KiB`);
