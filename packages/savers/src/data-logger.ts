import { basename } from 'node:path';
import { DaqtorError, type Logged, type LogSink, type LogStreams, type PositionThen, realClock } from '@daqtor/core';
import { EMPTY, Subject } from 'rxjs';
import { momentOf, type Recording, type RecordingOptions, receiptsTo, TWICE_A_SECOND } from './continuous-saving.ts';
import { selectData } from './data/select-data.ts';
import { openTarget } from './dataset-file.ts';
import { datasetNodes, RAW_DATA, swmrNodes } from './layout/dataset-nodes.ts';
import { groupName, nextName } from './layout/node-names.ts';
import { ActuatorEnlargeableSaver } from './modules/actuator-enlargeable-saver.ts';
import { DetectorEnlargeableSaver } from './modules/detector-enlargeable-saver.ts';
import { LoggerSaver } from './modules/logger-saver.ts';
import { feed, type ReadyFeed, SavingSession } from './modules/saving-session.ts';
import { selecting } from './modules/selecting.ts';
import { parseSaverSettings, saverSettingsGroup } from './saver-settings.ts';

/** What is logged: each module with its own queue, lossless. Titles must differ. */
export type LoggedModules = Partial<Pick<LogStreams, 'detectors' | 'actuators'>>;

/**
 * A sink for `lab.log`: a log in PyMoDAQ's layout.
 *
 * @param target - as for `dataLogger`; a log that is rotated needs a folder, or the setting `newFile: false`
 */
export function logFile(target: string, options: Omit<RecordingOptions, 'log$' | 'clock'> = {}): LogSink {
  return { begin: ({ log$, ...modules }, clock) => dataLogger(target, modules, { ...options, log$, clock }) };
}

/**
 * Logs what several modules give, each with times of its own, into one group of one file. A module that cannot be saved
 * any more does not stop the others.
 *
 * @param target - a file that ends in `.h5`, or a folder: then `2026/20260131/Scan_20260131_13_59_59.h5` in it
 * @throws DaqtorError `save.failed` or `lab.settings`
 */
export async function dataLogger(
  target: string,
  { detectors = [], actuators = [] }: LoggedModules,
  options: RecordingOptions = {},
): Promise<Recording> {
  const { clock = realClock, metadata = {}, log$ = EMPTY, commit = TWICE_A_SECOND } = options;
  refuseTwins([...detectors, ...actuators].map(({ module }) => module.name));
  const settings = parseSaverSettings(options.settings);
  const swmr = options.swmr ?? settings.swmr.enabled;
  const place = { append: !settings.newFile, fsync: settings.survives === 'power', commit, swmr };
  const { file, isNew, members } = await openTarget(target, settings.baseName ?? 'Scan', place, clock);
  const own = nextName('scan', members);
  const shown = { h5saver_settings: saverSettingsGroup(settings, { saveType: 'logger', file: file.path, group: own }) };
  const opensOn = detectors.length > 0 ? groupName('detector', 0) : undefined;
  const logger = new LoggerSaver(`${RAW_DATA}/${own}`, shown, opensOn);
  const compression = { gzip: settings.compression.level };
  const saved = new Subject<Logged>();
  const feeds: ReadyFeed[] = [
    ...detectors.map(({ module, frames }, i) => {
      const group = `${logger.group}/${groupName('detector', i)}`;
      const saver = new DetectorEnlargeableSaver(group, module, {}, compression);
      return feed({
        saver: selecting(saver, (frame) => selectData(frame, settings)),
        queue: frames,
        receipts: receiptsTo(saved, module.name, momentOf),
      });
    }),
    ...actuators.map(({ module, positions }, i) =>
      feed({
        saver: new ActuatorEnlargeableSaver(`${logger.group}/${groupName('actuator', i)}`, module),
        queue: positions,
        receipts: receiptsTo(saved, module.name, ({ atEpochMs }: PositionThen) => atEpochMs),
      }),
    ),
  ];
  const made = [
    ...datasetNodes(basename(file.path), metadata, clock.epochMs(), settings.saveType ?? 'logger', shown),
    ...swmrNodes(swmr),
  ];
  const nodes = isNew ? made : [];
  const session = await SavingSession.start(file, feeds, {
    clock,
    first: [...nodes, ...logger.open()],
    log$,
    // The first fault is told; what the other modules give is still saved until the end.
    onFault: (error) => saved.error(error),
    last: (outcome) => logger.close(outcome),
  });
  return {
    file: file.path,
    group: logger.group,
    saved$: saved.asObservable(),
    trouble$: session.trouble$,
    async end(outcome = 'completed') {
      const error = await session.end(outcome);
      saved.complete();
      if (error !== undefined) throw error;
    },
  };
}

/** PyMoDAQ finds a module's group by its title. */
function refuseTwins(titles: readonly string[]): void {
  const twin = titles.find((title, i) => titles.indexOf(title) !== i);
  if (twin === undefined && titles.length > 0) return;
  throw new DaqtorError('lab.settings', {
    problem: twin === undefined ? 'there is nothing to log' : `two modules to log are named '${twin}'`,
    advice: 'Give the logger at least one detector or actuator, each with a name of its own',
  });
}
