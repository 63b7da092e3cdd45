import type { LogLine } from '@daqtor/core';
import type { H5Operation } from '../h5/h5-operation.ts';
import { LOGGER } from '../layout/dataset-nodes.ts';
import { localTime } from '../layout/local-time.ts';
import { pickleText } from '../layout/pickle.ts';
import type { Saver } from './saver.ts';

/** Saves the lines of the log, each as PyMoDAQ's logging formats it. */
export class LogLinesSaver implements Saver<LogLine> {
  readonly growing = [LOGGER];

  open(): H5Operation[] {
    return []; // The array comes with the file.
  }

  write({ atEpochMs, source, level, text }: LogLine): H5Operation[] {
    const line = `${localTime(atEpochMs).logStamp} - ${source} - ${level} - ${text}`;
    return [{ op: 'append-bytes', path: LOGGER, rows: [pickleText(line)] }];
  }
}
