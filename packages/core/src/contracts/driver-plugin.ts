import type { z } from 'zod';
import type { ActuatorSpec } from './define-actuator.ts';
import type { DetectorSpec } from './define-detector.ts';

/** What `defineActuator` and `defineDetector` return, whatever its settings. */
export interface DriverPlugin {
  /** @throws DaqtorError `lab.settings` that names every bad setting */
  (settings: never): ActuatorSpec | DetectorSpec;
  readonly role: 'actuator' | 'detector';
  readonly kind: string;
  readonly title: string;
  readonly settings: z.ZodObject;
}

/**
 * Tells what `defineActuator` and `defineDetector` made from anything else that a module exports, also where a second
 * installed copy of this package made it.
 */
export function isDriverPlugin(value: unknown): value is DriverPlugin {
  if (typeof value !== 'function') return false;
  const { role, kind, title, settings } = value as Partial<DriverPlugin>;
  return (
    (role === 'actuator' || role === 'detector') &&
    typeof kind === 'string' &&
    typeof title === 'string' &&
    typeof settings === 'object' &&
    'shape' in settings
  );
}
