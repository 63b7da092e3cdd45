import type { DaqMove } from '../actors/daq-move.ts';
import type { DaqViewer } from '../actors/daq-viewer.ts';
import type { Limits } from '../contracts/actuator-driver.ts';

/** What the lab knows of one module, at one moment. Plain data. */
export interface ModuleInfo {
  readonly name: string;
  readonly role: 'actuator' | 'detector';
  /** Name of its plugin. */
  readonly kind: string;
  readonly title: string;
  /** Who answers, as far as known. */
  readonly identity: string | undefined;
  /** State of its machine, e.g. `idle`. */
  readonly state: string;
  readonly settings: Readonly<Record<string, unknown>>;
  /** Of an actuator: units of its positions, '' until connected; positions that may be asked for; the last one read. */
  readonly units?: string;
  readonly limits?: Limits;
  readonly position?: number;
}

export function infoOf(module: DaqMove | DaqViewer): ModuleInfo {
  const { name, role, spec, identity, state, settings } = module;
  const { kind, title } = spec;
  const info: ModuleInfo = { name, role, kind, title, identity, state, settings };
  if (module.role === 'detector') return info;
  const { units, limits, position } = module;
  return { ...info, units, limits, position };
}
