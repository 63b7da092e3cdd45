/** A mistake in how a command was called. */
export class Misuse extends Error {}
