import { DaqtorError } from '@daqtor/core';
import type { SentError } from './messages.ts';

/** Longest chain of causes that is sent; one that goes round in a circle ends there. */
const MOST_CAUSES = 8;

export function sentError(error: unknown, causes = 0): SentError {
  const { name, message, stack } = error instanceof Error ? error : new Error(String(error));
  const cause = error instanceof Error && error.cause !== undefined ? error.cause : undefined;
  const { code, problem, advice, instrument } = DaqtorError.is(error) ? error : ({} as Partial<DaqtorError>);
  return {
    name,
    message,
    stack,
    ...(code !== undefined && problem !== undefined && { facts: { code, problem, advice, instrument } }),
    ...(cause !== undefined && causes < MOST_CAUSES && { cause: sentError(cause, causes + 1) }),
  };
}

/** The error again, with its name, its stack there and its causes. */
export function receivedError({ name, message, stack, facts, cause }: SentError): Error {
  const inner = cause && receivedError(cause);
  const error = facts
    ? new DaqtorError(facts.code, { ...facts, cause: inner })
    : Object.assign(new Error(message, inner && { cause: inner }), { name });
  if (stack !== undefined) error.stack = stack;
  return error;
}
