import { firstValueFrom, from, map, merge } from 'rxjs';
import { waitFor } from 'xstate';
import type { DataToExport } from '../data/data-to-export.ts';
import type { DaqViewer } from './daq-viewer.ts';

/** Grabs of detectors that others may use as well: what was begun here is known, and can be stopped. */
export class OwnGrabs {
  readonly #detectors = new Set<DaqViewer>();

  /** Those whose grab was begun here. */
  get underWay(): readonly DaqViewer[] {
    return [...this.#detectors];
  }

  /** The next frame: of one that somebody else reads just now, what that gives. */
  async next(detector: DaqViewer): Promise<DataToExport> {
    if (detector.state === 'grabbing') {
      const idle = from(waitFor(detector.actor, ({ value }) => value !== 'grabbing')).pipe(map(() => undefined));
      const frame = await firstValueFrom(merge(detector.data.live$, idle));
      if (frame) return frame;
    }
    this.#detectors.add(detector);
    try {
      return await detector.grab();
    } finally {
      this.#detectors.delete(detector);
    }
  }
}
