import { expect, it } from 'vitest';
import { parseFaultSchedule } from './fault-options.ts';
import { Misuse } from './misuse.ts';

it('reads what goes wrong from when on', () => {
  expect(parseFaultSchedule('5 drop=0.1 latency=50; 8.5 pulled; 12')).toMatchObject([
    { fromMs: 5000, faults: { drop: 0.1, latencyMs: 50, pulled: false } },
    { fromMs: 8500, faults: { pulled: true } },
    { fromMs: 12_000, faults: { pulled: false, echo: false } },
  ]);
});

it.each(['', 'soon drop=1', '5 drop=2', '5 drop', '5 pulled=1', '5 rain=1', '5 drop=x'])('refuses %j', (text) => {
  expect(() => parseFaultSchedule(text)).toThrow(Misuse);
});
