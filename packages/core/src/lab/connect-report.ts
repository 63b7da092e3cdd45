import { DaqtorError } from '../errors/daqtor-error.ts';
import type { Clock } from '../time/clock.ts';

/** What became of connecting one module. */
export interface ConnectReport {
  readonly module: string;
  readonly tookMs: number;
  /** Who answered, as far as known. */
  readonly identity: string | undefined;
  /** Why it is not connected; undefined if it is. */
  readonly error: DaqtorError | undefined;
}

interface Connectable {
  readonly name: string;
  readonly identity: string | undefined;
}

/** Connects all at once. Never rejects: one that fails does not stop the others. */
export async function connectAll<Module extends Connectable>(
  modules: readonly Module[],
  connect: (module: Module) => Promise<void>,
  clock: Clock,
): Promise<readonly ConnectReport[]> {
  return await Promise.all(
    modules.map(async (module) => {
      const beganMs = clock.now();
      const error = await connect(module).then(
        () => undefined,
        (cause: unknown) => DaqtorError.of(cause, module.name, 'connecting'),
      );
      return { module: module.name, tookMs: clock.now() - beganMs, identity: module.identity, error };
    }),
  );
}

/** One error for all that did not connect; undefined if all did. */
export function connectError(reports: readonly ConnectReport[]): DaqtorError | undefined {
  const failures = reports.flatMap(({ error }) => error ?? []);
  if (failures.length <= 1) return failures[0];
  return new DaqtorError('lab.connect', {
    problem: `${failures.length} of ${reports.length} instruments did not connect:\n${failures.map((error) => `  ${error.message}`).join('\n')}\n`,
    cause: failures,
  });
}
