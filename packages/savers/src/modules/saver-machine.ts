import type { ScanOutcome } from '@daqtor/core';
import { type ActorRefFrom, assign, fromPromise, setup } from 'xstate';

/** What a saver actor drives. Data stay in here: the machine sees control only. */
export interface SaverWork {
  /** Puts into the file what has to be there before the first value. */
  open(): Promise<void>;
  /** Waits for values, and leaves them where they are. @returns false once no more will come */
  take(): Promise<boolean>;
  /** Takes what waits, makes it durable in one transaction, and tells whom it concerns. */
  write(): Promise<void>;
  /** Whether values wait to be taken. */
  readonly waiting: boolean;
  /** Called once, when the actor gives up; `close` still follows. */
  fault(error: unknown): void;
  /** Writes the end and lets go, also after a fault. */
  close(outcome: ScanOutcome): Promise<void>;
}

interface Context {
  readonly work: SaverWork;
  /** Identity of the batch under way: an answer to an earlier one is not taken for the answer to this. */
  readonly batch: number;
  /** Set once the end was asked for: what is still in the queue is written first. */
  readonly outcome: ScanOutcome | undefined;
  readonly error: unknown;
}

type SaverEvent =
  | { readonly type: 'taken' | 'drained' | 'written'; readonly batch: number }
  | { readonly type: 'failed'; readonly batch: number; readonly error: unknown }
  | { readonly type: 'close'; readonly outcome: ScanOutcome };

/** The life of a saver: opening → ready ⇄ writing → closing → closed; `faulted` keeps the reason until it is closed. */
export const saverMachine = setup({
  types: {
    context: {} as Context,
    events: {} as SaverEvent,
    input: {} as SaverWork,
    output: {} as { error: unknown },
  },
  actors: {
    open: fromPromise(({ input }: { input: SaverWork }) => input.open()),
    close: fromPromise(({ input }: { input: { work: SaverWork; outcome: ScanOutcome } }) =>
      input.work.close(input.outcome),
    ),
  },
  actions: {
    nextBatch: assign({ batch: ({ context }) => context.batch + 1 }),
    keepOutcome: assign({ outcome: ({ event }) => (event.type === 'close' ? event.outcome : undefined) }),
    // An invoked actor per point would cost three times as much as the point's own bookkeeping.
    take: ({ context: { work, batch }, self }) => {
      work.take().then(
        (some) => self.send({ type: some ? 'taken' : 'drained', batch }),
        (error: unknown) => self.send({ type: 'failed', batch, error }),
      );
    },
    write: ({ context: { work, batch }, self }) => {
      work.write().then(
        () => self.send({ type: 'written', batch }),
        (error: unknown) => self.send({ type: 'failed', batch, error }),
      );
    },
    tellFault: ({ context }) => context.work.fault(context.error),
  },
  guards: {
    isCurrent: ({ context, event }) => 'batch' in event && event.batch === context.batch,
    isOver: ({ context }) => context.outcome !== undefined && !context.work.waiting,
    isIdle: ({ context }) => !context.work.waiting,
  },
}).createMachine({
  id: 'saver',
  context: ({ input }) => ({ work: input, batch: 0, outcome: undefined, error: undefined }),
  output: ({ context }) => ({ error: context.error }),
  initial: 'opening',
  states: {
    opening: {
      invoke: {
        src: 'open',
        input: ({ context }) => context.work,
        onDone: 'ready',
        onError: { target: 'faulted', actions: assign({ error: ({ event }) => event.error }) },
      },
    },
    ready: {
      entry: ['nextBatch', 'take'],
      on: {
        taken: { guard: 'isCurrent', target: 'writing' },
        drained: { guard: 'isOver', target: 'closing' },
        failed: {
          guard: 'isCurrent',
          target: 'faulted',
          actions: assign({ error: ({ event }) => event.error }),
        },
        close: [{ guard: 'isIdle', target: 'closing', actions: 'keepOutcome' }, { actions: 'keepOutcome' }],
      },
    },
    writing: {
      entry: 'write',
      on: {
        written: [
          { guard: 'isOver', target: 'closing' },
          { guard: 'isCurrent', target: 'ready' },
        ],
        failed: {
          guard: 'isCurrent',
          target: 'faulted',
          actions: assign({ error: ({ event }) => event.error }),
        },
        close: { actions: 'keepOutcome' },
      },
    },
    faulted: {
      entry: 'tellFault',
      always: { guard: ({ context }) => context.outcome !== undefined, target: 'closing' },
      on: { close: { target: 'closing', actions: 'keepOutcome' } },
    },
    closing: {
      invoke: {
        src: 'close',
        input: ({ context }) => ({ work: context.work, outcome: context.outcome ?? 'failed' }),
        onDone: { target: 'closed', actions: assign({ error: undefined }) },
        onError: { target: 'closed', actions: assign({ error: ({ event }) => event.error }) },
      },
    },
    closed: { type: 'final' },
  },
});

export type SaverActor = ActorRefFrom<typeof saverMachine>;
