/**
 * The numbers that a command which tries or measures something is given. Anything else ends the process with 2 and tells how
 * the command is used: one that tries nothing must not end as if all were well.
 *
 * @param usage - the command and the names of its numbers, e.g. `npm run soak:lab -- [hours]`
 * @param defaults - one for each
 */
export function numbersGiven<N extends readonly number[]>(usage: string, ...defaults: N): { [K in keyof N]: number } {
  const given = process.argv.slice(2);
  const numbers = defaults.map((number, i) => (given[i] === undefined ? number : Number(given[i])));
  if (given.length <= defaults.length && numbers.every((number) => number > 0))
    return numbers as { [K in keyof N]: number };
  console.error(`usage: ${usage}, numbers above 0; you gave: ${given.join(' ')}`);
  process.exit(2);
}
