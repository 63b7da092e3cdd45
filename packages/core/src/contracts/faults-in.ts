import type { z } from 'zod';

type Issue = z.core.$ZodIssue;
/** One thing that is wrong, and where. */
interface Fault {
  readonly path: readonly PropertyKey[];
  readonly message: string;
  /** Whether something else altogether is expected there. */
  readonly isOfOtherKind: boolean;
}

/**
 * What is wrong with data, a line for each fault: where it is, and what is expected there. Where several forms are possible,
 * of the one that was meant, if that can be told; else what each of them expects.
 *
 * @param given - the data
 * @param whole - what the data are called when they are wrong as a whole
 * @param where - where they stand in what the person wrote
 */
export function faultsIn(
  issues: readonly Issue[],
  given: unknown,
  whole: string,
  where: readonly PropertyKey[] = [],
): string[] {
  return issues.flatMap(faultsOf).map(({ path, message }) => {
    const isMissing = path.length > 0 && valueAt(given, path) === undefined;
    return `${[...where, ...path].map(String).join('.') || whole}${isMissing ? ' is missing' : `: ${message}`}`;
  });
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((at, key) => (at as Record<PropertyKey, unknown> | null | undefined)?.[key], value);
}

function faultsOf(issue: Issue): readonly Fault[] {
  const { code, path, message } = issue;
  if (code !== 'invalid_union' || issue.errors.length === 0) {
    return [{ path, message, isOfOtherKind: code === 'invalid_type' || code === 'invalid_value' }];
  }
  const forms = issue.errors.map((form) => form.flatMap(faultsOf));
  const isHere = (fault: Fault) => fault.path.length === 0 && fault.isOfOtherKind;
  const [meant, ...others] = forms.filter((form) => !form.some(isHere));
  if (meant && others.length === 0) return meant.map((fault) => ({ ...fault, path: [...path, ...fault.path] }));
  const expected = forms.flatMap((form) => form.filter(isHere)).map((fault) => expectedIn(fault.message));
  return [{ path, message: `Invalid input: expected ${[...new Set(expected)].join(', or ')}`, isOfOtherKind: true }];
}

/** What a message says that it would take. */
const expectedIn = (message: string) => /expected (.+?)(?:, received \S+)?$/.exec(message)?.[1] ?? message;
