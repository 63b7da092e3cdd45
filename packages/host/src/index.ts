export { closeOnExit, type ExitOptions } from './close-on-exit.ts';
export { type HostedOptions, hostedSpec } from './hosted/hosted-spec.ts';
export { type LabLogOptions, labLog } from './lab-log.ts';
export { labFromFile, presetFromFile, presetFromText } from './preset-file.ts';
export { type ImportedPreset, type ImportNote, importPymodaqPreset } from './pymodaq/import-preset.ts';
export { scanChangeFrom } from './scan-change.ts';
export { scansFromFile } from './scan-file.ts';
