import {
  BoundedQueue,
  DaqtorError,
  type LogLine,
  type ScanOutcome,
  type ScanPoint,
  type ScanRecording,
  type ScanStreams,
} from '@daqtor/core';
import { Subject } from 'rxjs';
import { createActor, toPromise, waitFor } from 'xstate';
import type { H5Backend } from '../h5/h5-backend.ts';
import type { H5Operation } from '../h5/h5-operation.ts';
import { LOGGER } from '../layout/dataset-nodes.ts';
import { asTuple } from '../layout/envelope.ts';
import { LoggerSaver } from './logger-saver.ts';
import { type SaverActor, saverMachine } from './saver-machine.ts';
import { QueueWork } from './saver-work.ts';
import type { ScanSaver } from './scan-saver.ts';

const MAX_LOG_LINES = 4096;

/**
 * Starts the actors that write one scan into an open file. The file is theirs from now on: they close it.
 *
 * @param first - what else has to be in the file before the first point
 * @throws DaqtorError `save.failed` if the description cannot be written
 */
export async function record(
  file: H5Backend,
  saver: ScanSaver,
  streams: ScanStreams,
  first: readonly H5Operation[],
): Promise<ScanRecording> {
  const saved = new Subject<number>();
  const lines = new BoundedQueue<LogLine>({ maxItems: MAX_LOG_LINES });
  let logFault: unknown;

  const scan = createActor(saverMachine, {
    input: new QueueWork<ScanPoint>({
      saver,
      file,
      first,
      queue: streams.points,
      onSaved: ({ step }) => saved.next(step),
      onFault: (error) => saved.error(error),
      onClose: async (outcome) => {
        try {
          const shape = await file.ask({ ask: 'shape', path: LOGGER });
          await file.transact([
            { op: 'attribute', path: LOGGER, name: 'shape', value: asTuple(shape) },
            ...saver.close(outcome),
          ]);
        } finally {
          await file.close();
        }
      },
    }),
  });
  scan.start();
  const { context } = await waitFor(scan, (state) => state.matches('ready') || state.matches('faulted'));
  if (context.error !== undefined) {
    await finish(scan, 'failed');
    throw context.error;
  }

  const logger = createActor(saverMachine, {
    input: new QueueWork<LogLine>({
      saver: new LoggerSaver(),
      file,
      queue: lines,
      onFault: (error) => {
        logFault = error;
      },
    }),
  });
  logger.start();
  const subscription = streams.log$.subscribe({
    next: (line) => {
      if (logFault === undefined && !lines.tryPut(line)) {
        lines.close(
          new DaqtorError('stream.overflow', {
            problem: `${MAX_LOG_LINES} lines of the log wait to be saved in ${file.path}`,
            advice: 'Its disk may be too slow; the scan itself is not affected',
          }),
        );
      }
    },
  });

  return {
    file: file.path,
    group: saver.group,
    saved$: saved.asObservable(),
    async end(outcome) {
      subscription.unsubscribe();
      await finish(logger, outcome);
      const error = (await finish(scan, outcome)) ?? logFault;
      saved.complete();
      if (error !== undefined) throw error;
    },
  };
}

/** Asks an actor to end and waits until it has. @returns what went wrong in closing, if anything */
async function finish(actor: SaverActor, outcome: ScanOutcome): Promise<unknown> {
  const closed = toPromise(actor);
  actor.send({ type: 'close', outcome });
  return (await closed).error;
}
