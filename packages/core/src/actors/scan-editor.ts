import { DaqtorError } from '../errors/daqtor-error.ts';
import type { Modules } from '../scan/modules.ts';
import type { ScanPlan } from '../scan/plan.ts';
import { revisionNow } from '../scan/scan-change.ts';
import { type ScanChangeInput, type ScanRevision, settingsRevised } from '../scan/scan-revision.ts';
import type { ScanSettings } from '../scan/scan-settings.ts';
import type { Clock } from '../time/clock.ts';
import { changeModules } from './change-modules.ts';
import type { PointKeeper } from './point-keeper.ts';
import type { EditableInput } from './scan-facts.ts';
import type { ScanOptions } from './scan-options.ts';

export interface ScanEditorOptions {
  readonly plan: ScanPlan;
  readonly settings: ScanSettings;
  readonly modules: Modules;
  readonly read: ScanOptions['read'];
  readonly save: ScanOptions['save'];
  /** Changes that were made before, of a scan that is resumed. */
  readonly revisions: readonly ScanRevision[];
  readonly keeper: Pick<PointKeeper, 'revise' | 'grows'>;
  readonly clock: Clock;
  /** Whether the scan is still paused. */
  readonly isPaused: () => boolean;
  /** Lets a change hold. */
  readonly changed: (revision: ScanRevision) => void;
}

/** How a scan stands after the changes that were made to it, and what makes another one. */
export class ScanEditor {
  readonly #options: ScanEditorOptions;
  #settings: ScanSettings;
  #plan: ScanPlan;
  #revisions: readonly ScanRevision[];
  #isBusy = false;

  constructor(options: ScanEditorOptions) {
    this.#options = options;
    this.#settings = options.settings;
    this.#plan = options.plan;
    this.#revisions = options.revisions;
  }

  /** As they are now. */
  get settings(): ScanSettings {
    return this.#settings;
  }

  /** With the points that were added. */
  get plan(): ScanPlan {
    return this.#plan;
  }

  /** All changes, in their order. */
  get revisions(): readonly ScanRevision[] {
    return this.#revisions;
  }

  /** Whether a change is being made. */
  get isBusy(): boolean {
    return this.#isBusy;
  }

  /** What the machine of the scan has to know. */
  get input(): EditableInput {
    const { settleMs, waitMs, waitUntil, onError, returnTo } = this.#settings;
    const settles = settleMs > 0 || this.#options.plan.isTimed || waitUntil.length > 0;
    return { settles, waitMs, onError, returns: returnTo !== undefined };
  }

  /**
   * Sets modules, has the change kept, then lets it hold; when one of these fails, the modules get back what they had.
   *
   * @param step - from which on it counts
   * @param isRead - whether its baseline was read for the end
   * @throws DaqtorError as `DaqScan.edit`
   */
  async edit(change: ScanChangeInput, step: number, isRead: boolean): Promise<ScanRevision> {
    const { modules, clock, changed, read, save } = this.#options;
    this.#isBusy = true;
    try {
      const room = { read, freeBytes: change.add && (await save?.freeBytes?.()) };
      const facts = { plan: this.#plan, step, modules, fixedBecause: this.#fixedBecause(isRead), room };
      const { revision, plan } = revisionNow(change, facts, clock.epochMs());
      const undo = await changeModules(revision.modules ?? {}, modules);
      try {
        await this.#keep(revision, plan);
      } catch (error) {
        await undo();
        throw error;
      }
      this.#revisions = [...this.#revisions, revision];
      this.#settings = { ...this.#settings, ...settingsRevised([revision]) };
      this.#plan = plan;
      changed(revision);
      return revision;
    } finally {
      this.#isBusy = false;
    }
  }

  #fixedBecause(isRead: boolean): string | undefined {
    if (!this.#options.keeper.grows) return 'what saves this scan has no room for more points';
    return isRead ? 'its baseline was read for the end already, so that no points can be added' : undefined;
  }

  /** @throws DaqtorError `module.state` if the scan has ended meanwhile; `save.failed` */
  async #keep(revision: ScanRevision, plan: ScanPlan): Promise<void> {
    const larger = revision.add && { shape: plan.shape, axes: plan.navAxes() };
    if (this.#options.isPaused()) return await this.#options.keeper.revise(revision, larger);
    throw new DaqtorError('module.state', { instrument: 'scan', problem: 'it ended before it could be changed' });
  }
}
