import { grid, linspace } from '@daqtor/core';
import { expect, it } from 'vitest';
import { INTERRUPTIONS } from './interrupt-actions.ts';
import { type Course, instantsOf, trial } from './interrupt-trial.ts';

const course: Course = { make: ({ x }) => grid(linspace(x, 0, 1, 2)) };

it.each(Object.entries(INTERRUPTIONS))(
  'loses and repeats nothing on %s, in whatever state',
  async (_, { act, judge }) => {
    const whole = await trial(course);
    for (const instant of instantsOf(whole)) {
      const trail = await trial(course, instant, act);
      expect(
        [...trail.broken, ...judge(trail, whole, false)],
        `in ${trail.hit?.name} of step ${trail.hit?.step}`,
      ).toEqual([]);
    }
  },
);
