import { DaqMove } from '../actors/daq-move.ts';
import { DaqViewer } from '../actors/daq-viewer.ts';
import { DaqtorError } from '../errors/daqtor-error.ts';
import type { Clock } from '../time/clock.ts';
import type { LabFact } from './lab-event.ts';
import type { LabSpecs } from './lab-options.ts';

export type Module = DaqMove | DaqViewer;
export type Modules = Readonly<Record<string, Module>>;

/** A module for each instrument, not connected yet. */
export function buildModules(specs: LabSpecs, clock: Clock): Modules {
  return Object.fromEntries(
    Object.entries(specs).map(([name, spec]) => [
      name,
      spec.role === 'actuator' ? new DaqMove(name, spec, clock) : new DaqViewer(name, spec, clock),
    ]),
  );
}

/**
 * Finds a module by its name, and by its role where one is named.
 *
 * @throws DaqtorError `lab.settings` with the names that there are
 */
export function findModule<Role extends Module['role'] = Module['role']>(
  modules: Modules,
  name: string,
  role?: Role,
): Extract<Module, { readonly role: Role }> {
  const isWanted = (module: Module) => role === undefined || module.role === role;
  const found = Object.hasOwn(modules, name) ? modules[name] : undefined;
  if (found && isWanted(found)) return found as Extract<Module, { readonly role: Role }>;
  const names = Object.values(modules).flatMap((module) => (isWanted(module) ? [module.name] : []));
  const sought = role ?? 'module';
  throw new DaqtorError('lab.settings', {
    problem: `there is no ${sought} '${name}' in this lab`,
    advice: names.length > 0 ? `There are ${names.join(', ')}` : `There is no ${sought}`,
  });
}

/**
 * Brings to rest what moves. An axis whose link is in doubt is told to stop as it is let go, so that goes first too.
 *
 * @returns what could not be stopped
 */
export async function stopMotors(modules: readonly Module[]): Promise<readonly DaqtorError[]> {
  const ends = modules.map(async (module) => {
    if (module.role === 'detector') return undefined;
    if (module.state === 'faulted') return await module.close();
    if (module.state !== 'moving' && module.state !== 'homing') return undefined;
    return await module.stop().then(
      () => undefined,
      (error: DaqtorError) => error,
    );
  });
  return (await Promise.all(ends)).filter((error) => error !== undefined);
}

/** A motion's end with the position that was read back. */
export function withPosition(fact: LabFact, module: Module): LabFact {
  if (module.role === 'detector' || (fact.type !== 'arrived' && fact.type !== 'stopped')) return fact;
  return { ...fact, position: module.position, units: module.units };
}

export function reservedName(name: string): DaqtorError {
  return new DaqtorError('lab.settings', {
    problem: `an instrument cannot be called '${name}': the lab itself uses that name`,
    advice: 'Choose another name',
  });
}
