/**
 * Stops an axis on a shared wire: at once, without waiting for an answer that may still be owed, or may never come; and again
 * in turn, since a move that was waiting for its turn has gone out in between.
 */
export async function stopTwice<T>(atOnce: () => Promise<void>, inTurn: () => Promise<T>): Promise<T> {
  await atOnce();
  return inTurn();
}
