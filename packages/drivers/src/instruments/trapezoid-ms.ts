/**
 * Time of a motion from rest to rest with constant acceleration up to a velocity, in ms; triangular where the way is too
 * short for it. All in one unit of length and seconds; the acceleration is that of braking, too.
 *
 * @param distance - of any sign
 */
export function trapezoidMs(distance: number, velocity: number, acceleration: number): number {
  const way = Math.abs(distance);
  const seconds =
    way < velocity ** 2 / acceleration ? 2 * Math.sqrt(way / acceleration) : way / velocity + velocity / acceleration;
  return 1000 * seconds;
}
