import type { ModuleRecord } from '@daqtor/core';
import { asBytes } from '../layout/envelope.ts';
import { settingsXml } from '../layout/settings-xml.ts';

/**
 * The attribute `settings` of a module's group: which plugin it is, and what it was set to.
 *
 * @param group - PyMoDAQ's name for the settings of such a module
 */
export function moduleSettings(group: 'daq_move_settings' | 'daq_viewer_settings', record: ModuleRecord): string {
  const { kind, title, identity = '', settings } = record;
  return asBytes(settingsXml({ [group]: { kind, title, identity, settings } }));
}
