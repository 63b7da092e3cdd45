import { describe, expect, it } from 'vitest';
import { createRandom } from './random.ts';
import { type MotionLimits, type MotionProfile, moveProfile, stopProfile } from './trapezoidal-profile.ts';

const limits: MotionLimits = { velocity: 4, acceleration: 40, deceleration: 40 };
const rest = (position: number) => ({ position, velocity: 0 });

/** Largest velocity and acceleration seen, and whether position and velocity are continuous, over 2000 small steps. */
function survey(profile: MotionProfile) {
  const steps = 2000;
  const dt = profile.durationS / steps;
  let [velocity, acceleration, gap] = [0, 0, 0];
  for (let i = 1; i <= steps; i++) {
    const before = profile.stateAt((i - 1) * dt);
    const after = profile.stateAt(i * dt * (1 - 1e-12));
    velocity = Math.max(velocity, Math.abs(after.velocity));
    acceleration = Math.max(acceleration, Math.abs(after.velocity - before.velocity) / dt);
    gap = Math.max(gap, Math.abs(after.position - before.position - ((before.velocity + after.velocity) / 2) * dt));
  }
  return { velocity, acceleration, gap, dt };
}

describe('moveProfile', () => {
  it('takes distance/velocity + velocity/acceleration where it reaches full speed', () => {
    expect(moveProfile(rest(0), 2, limits).durationS).toBeCloseTo(2 / 4 + 4 / 40, 12);
  });

  it('is triangular where the distance is too short for full speed', () => {
    const profile = moveProfile(rest(1), 1.1, limits);
    expect(profile.durationS).toBeCloseTo(2 * Math.sqrt(0.1 / 40), 12);
    expect(profile.stateAt(profile.durationS / 2)).toEqual({
      position: expect.closeTo(1.05, 12),
      velocity: expect.closeTo(2, 12),
    });
  });

  it('is exactly at its target, at rest, from the end on, and at its start before the start', () => {
    const profile = moveProfile(rest(0.1), -0.7, limits);
    expect(profile.stateAt(profile.durationS)).toEqual({ position: -0.7, velocity: 0 });
    expect(profile.stateAt(1e9)).toEqual({ position: -0.7, velocity: 0 });
    expect(profile.stateAt(-1)).toEqual({ position: 0.1, velocity: 0 });
  });

  it('takes no time to go nowhere', () => {
    expect(moveProfile(rest(3), 3, limits)).toMatchObject({ durationS: 0 });
  });

  it('turns round when it can no longer stop in time', () => {
    const profile = moveProfile({ position: 0, velocity: 4 }, 0.1, limits);
    expect(profile.stateAt(0.1)).toEqual({ position: expect.closeTo(0.2, 12), velocity: expect.closeTo(0, 12) });
    expect(profile.stateAt(profile.durationS).position).toBe(0.1);
  });

  it('brakes with its deceleration before it turns round', () => {
    const profile = moveProfile({ position: 0, velocity: -4 }, 9, { ...limits, deceleration: 20 });
    expect(profile.stateAt(0.2)).toEqual({ position: expect.closeTo(-0.4, 12), velocity: expect.closeTo(0, 12) });
  });

  it('keeps its limits, jumps in neither position nor velocity, and arrives, from any state to any target', () => {
    const random = createRandom(42);
    const between = (a: number, b: number) => a + (b - a) * random.uniform();
    for (let i = 0; i < 200; i++) {
      const start = { position: between(-5, 5), velocity: random.uniform() < 0.3 ? 0 : between(-3, 3) };
      const own = { velocity: between(3, 6), acceleration: between(5, 60), deceleration: between(5, 60) };
      const target = between(-5, 5);
      const profile = moveProfile(start, target, own);
      const { velocity, acceleration, gap, dt } = survey(profile);
      const steepest = Math.max(own.acceleration, own.deceleration);
      expect(profile.stateAt(0)).toEqual(start);
      expect(profile.stateAt(profile.durationS * (1 - 1e-12)).position).toBeCloseTo(target, 6);
      expect(velocity).toBeLessThanOrEqual(own.velocity + 1e-9);
      expect(acceleration).toBeLessThanOrEqual(steepest * (1 + 1e-6));
      expect(gap).toBeLessThanOrEqual(steepest * dt ** 2);
    }
  });
});

describe('stopProfile', () => {
  it('comes to rest after velocity squared over twice the deceleration', () => {
    const profile = stopProfile({ position: 1, velocity: -4 }, 20);
    expect(profile.durationS).toBeCloseTo(0.2, 12);
    expect(profile.stateAt(1)).toEqual({ position: expect.closeTo(0.6, 12), velocity: 0 });
  });
});
