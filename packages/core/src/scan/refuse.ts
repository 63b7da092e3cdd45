import { DaqtorError } from '../errors/daqtor-error.ts';

/** A scan that makes no sense. */
export function refusal(problem: string, instrument?: string, advice?: string): DaqtorError {
  return new DaqtorError('scan.refused', { problem, instrument, advice });
}

/** @throws DaqtorError `scan.refused` unless a number is whole and at least `least` */
export function requireWhole(value: number, least: number, what: string, instrument?: string): void {
  if (Number.isInteger(value) && value >= least) return;
  throw refusal(`${what} must be a whole number, at least ${least}, not ${value}`, instrument);
}

/** @throws DaqtorError `scan.refused` unless a number is finite and greater than 0 */
export function requirePositive(value: number, what: string, instrument?: string): void {
  if (Number.isFinite(value) && value > 0) return;
  throw refusal(`${what} must be a number greater than 0, not ${value}`, instrument);
}
