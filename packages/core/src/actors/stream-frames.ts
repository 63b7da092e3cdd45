import type { DetectorDriver } from '../contracts/detector-driver.ts';
import type { DataToExport } from '../data/data-to-export.ts';
import { DaqtorError } from '../errors/daqtor-error.ts';
import type { Hub } from '../streams/hub.ts';
import type { Clock } from '../time/clock.ts';
import type { TaskWatch } from './command-desk.ts';

export interface StreamOptions {
  readonly hub: Hub<DataToExport>;
  readonly clock: Clock;
  /** Told of each frame once it is published. */
  readonly published: () => void;
}

/** What else is asked of the driver, between two frames. */
export interface Between {
  /** Resolves when there is something. */
  asked(): Promise<void>;
  /** Does it; undefined where there is nothing. */
  work(): Promise<void> | undefined;
}

/**
 * Takes frame after frame until it is aborted. A sink that is full holds it back; the time of the instrument stands still
 * meanwhile.
 *
 * @param take - one frame
 * @param everyMs - from the begin of one frame to that of the next; if one takes longer, the next follows at once
 */
export async function loopFrames(
  take: () => Promise<DataToExport>,
  everyMs: number,
  { hub, clock, published, between }: StreamOptions & { readonly between: Between },
  signal: AbortSignal,
  watch: TaskWatch,
): Promise<never> {
  for (;;) {
    const beganMs = clock.now();
    const frame = await take();
    watch.answered();
    signal.throwIfAborted();
    const room = hub.publish(frame);
    published();
    if (room) await unwatched(room, between, watch);
    const leftMs = beganMs + everyMs - clock.now();
    if (leftMs > 0) await unwatched(clock.sleep(leftMs, signal), between, watch);
    // Frames that take no time must not keep whoever wants to stop them from getting a turn.
    else await clock.turn();
    signal.throwIfAborted();
    const other = between.work();
    if (other) await other;
  }
}

/** Waits for something that is not the instrument, which can be asked something else meanwhile. */
async function unwatched(wait: Promise<void>, between: Between, watch: TaskWatch): Promise<void> {
  let isOver = false;
  const over = wait.then(() => {
    isOver = true;
  });
  while (!isOver) {
    watch.hold();
    await Promise.race([over, between.asked()]);
    if (!isOver) await between.work();
  }
  watch.answered();
}

/**
 * Passes on the frames of an instrument that runs by itself, until it is aborted.
 *
 * @param accept - makes a frame of what the driver delivers; undefined while it still averages
 * @param behind - told of frames for which a saver had no room, or that were lost before; what it throws ends the stream
 * @throws DaqtorError `instrument.fault` if the driver ends without being told
 */
export async function relayFrames(
  live: NonNullable<DetectorDriver['live']>,
  accept: (given: unknown) => DataToExport | undefined,
  behind: (count: number) => void,
  { hub, published }: StreamOptions,
  signal: AbortSignal,
  watch: TaskWatch,
): Promise<never> {
  let isOver = false;
  let fail: (error: unknown) => void = () => {};
  const failed = new Promise<never>((_, reject) => {
    fail = reject;
  });
  const hear = (tell: () => void) => {
    if (isOver || signal.aborted) return;
    watch.answered();
    try {
      tell();
    } catch (error) {
      isOver = true;
      fail(error);
    }
  };
  const deliver = (given: unknown) =>
    hear(() => {
      const frame = accept(given);
      if (!frame) return;
      if (hub.offer(frame)) published();
      else behind(1);
    });
  const ended = live(deliver, signal, (count) => hear(() => behind(count))).then(() => {
    signal.throwIfAborted();
    throw new DaqtorError('instrument.fault', {
      problem: 'the instrument stopped sending by itself',
      advice: 'Check what stopped it, then begin again',
    });
  });
  try {
    return await Promise.race([ended, failed]);
  } finally {
    isOver = true;
  }
}
