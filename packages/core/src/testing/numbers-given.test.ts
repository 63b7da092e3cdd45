import { afterEach, expect, test, vi } from 'vitest';
import { numbersGiven } from './numbers-given.ts';

const argv = process.argv;
afterEach(() => {
  process.argv = argv;
  vi.restoreAllMocks();
});

function given(...args: string[]) {
  process.argv = ['node', 'command.ts', ...args];
  const told: string[] = [];
  vi.spyOn(console, 'error').mockImplementation((text: string) => told.push(text));
  vi.spyOn(process, 'exit').mockImplementation((code) => {
    throw new Error(`ended with ${code}: ${told}`);
  });
  return () => numbersGiven('npm run try -- [rounds] [seed]', 200, 1);
}

test('a number that is not given has its default', () => {
  expect(given()()).toEqual([200, 1]);
  expect(given('7')()).toEqual([7, 1]);
  expect(given('7', '0.5')()).toEqual([7, 0.5]);
});

test.each([['--help'], ['many'], ['0'], ['-1'], ['1', '2', '3'], ['NaN']])(
  '%s is refused: nothing would be tried',
  (...args) => {
    expect(given(...args)).toThrow(/ended with 2: usage: npm run try -- \[rounds\] \[seed\].*you gave/);
  },
);
