/** Where something is and how fast it goes, in one unit of length and that unit per second. */
export interface MotionState {
  readonly position: number;
  readonly velocity: number;
}

/** What a motion may reach, in units per second and units per second squared; all positive. */
export interface MotionLimits {
  readonly velocity: number;
  readonly acceleration: number;
  readonly deceleration: number;
}

/** A motion as a function of time. Seconds count from its start. */
export interface MotionProfile {
  readonly durationS: number;
  /** The state at that time; before the start the first one, after the end exactly at rest at the goal. */
  stateAt(seconds: number): MotionState;
}

/** A stretch of constant acceleration. */
interface Segment {
  readonly durationS: number;
  readonly acceleration: number;
}

/**
 * The quickest motion with a trapezoidal velocity that ends at rest at `target`; triangular where the distance is too
 * short to reach full speed. From rest it is the classic ramp, cruise, ramp. From a motion under way it goes on without
 * a jump in velocity, and turns round where it can no longer stop in time.
 */
export function moveProfile(start: MotionState, target: number, limits: MotionLimits): MotionProfile {
  const direction = Math.sign(target - start.position) || 1;
  const speed = start.velocity * direction;
  const distance = Math.abs(target - start.position);
  const { velocity, acceleration, deceleration } = limits;
  const stoppingDistance = speed ** 2 / (2 * deceleration);

  // The tolerance keeps a motion that brakes exactly towards its target from turning round by rounding.
  if (speed < 0 || stoppingDistance > distance * (1 + 1e-9)) {
    const halt = stopProfile(start, deceleration);
    return inSequence(halt, moveProfile(halt.stateAt(Number.POSITIVE_INFINITY), target, limits));
  }

  const reachable = Math.sqrt((distance + speed ** 2 / (2 * acceleration)) / (0.5 / acceleration + 0.5 / deceleration));
  const peak = Math.min(velocity, reachable);
  const toPeak = peak >= speed ? acceleration : -deceleration;
  const rampDistance = (peak ** 2 - speed ** 2) / (2 * toPeak);
  const brakeDistance = peak ** 2 / (2 * deceleration);
  const cruiseDistance = Math.max(0, distance - rampDistance - brakeDistance);
  return profileOf(start, target, [
    { durationS: (peak - speed) / toPeak, acceleration: toPeak * direction },
    { durationS: peak > 0 ? cruiseDistance / peak : 0, acceleration: 0 },
    { durationS: peak / deceleration, acceleration: -deceleration * direction },
  ]);
}

/** Slows down from the current speed to rest. */
export function stopProfile(start: MotionState, deceleration: number): MotionProfile {
  const { position, velocity } = start;
  const goal = position + (velocity * Math.abs(velocity)) / (2 * deceleration);
  return profileOf(start, goal, [
    { durationS: Math.abs(velocity) / deceleration, acceleration: -Math.sign(velocity) * deceleration },
  ]);
}

/** Rest, for ever. */
export function atRest(position: number): MotionProfile {
  return { durationS: 0, stateAt: () => ({ position, velocity: 0 }) };
}

function profileOf(start: MotionState, goal: number, segments: readonly Segment[]): MotionProfile {
  const durationS = segments.reduce((sum, segment) => sum + segment.durationS, 0);
  return {
    durationS,
    stateAt(seconds) {
      if (seconds >= durationS) return { position: goal, velocity: 0 };
      let { position, velocity } = start;
      let left = Math.max(0, seconds);
      for (const segment of segments) {
        const t = Math.min(left, segment.durationS);
        position += velocity * t + 0.5 * segment.acceleration * t ** 2;
        velocity += segment.acceleration * t;
        left -= t;
      }
      return { position, velocity };
    },
  };
}

function inSequence(first: MotionProfile, second: MotionProfile): MotionProfile {
  return {
    durationS: first.durationS + second.durationS,
    stateAt: (seconds) =>
      seconds < first.durationS ? first.stateAt(seconds) : second.stateAt(seconds - first.durationS),
  };
}
