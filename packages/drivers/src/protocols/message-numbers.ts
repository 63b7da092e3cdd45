/**
 * Numbers for the messages on a wire, one after the other from 0 and round again, for all who share it.
 *
 * @param count - how many there are
 */
export function messageNumbers(count: number): (wire: object) => number {
  const last = new WeakMap<object, number>();
  return (wire) => {
    const next = ((last.get(wire) ?? -1) + 1) % count;
    last.set(wire, next);
    return next;
  };
}
