/**
 * Where an axis has to go first so that its target is approached from one side, over at least the play of its mechanics.
 *
 * @param from - where it is
 * @param backlash - the play; positive: targets are approached from below, negative: from above
 * @param playTaken - whether its last move ended in the direction of approach, so that the play is on that side already
 * @returns undefined if it may go directly
 */
export function approachPoint(from: number, target: number, backlash: number, playTaken: boolean): number | undefined {
  if (backlash === 0) return undefined;
  const forward = (target - from) * Math.sign(backlash);
  const isDirect = playTaken ? forward >= 0 : forward >= Math.abs(backlash);
  return isDirect ? undefined : target - backlash;
}
