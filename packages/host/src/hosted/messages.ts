import type { ErrorCode, TraceLine } from '@daqtor/core';
import type { MoveTable } from './move-table.ts';

/** What a program asks of the process in which a driver runs. `driver` counts the drivers of one process. */
export type HostRequest =
  | {
      readonly type: 'connect';
      readonly id: number;
      readonly driver: number;
      readonly kind: string;
      readonly settings: Readonly<Record<string, unknown>>;
      readonly name: string;
      readonly trace: boolean;
    }
  | {
      readonly type: 'call';
      readonly id: number;
      readonly driver: number;
      readonly method: HostedMethod;
      readonly args: readonly unknown[];
    }
  | { readonly type: 'abort'; readonly id: number }
  /** The oldest frame, or message about losses, of a driver that is live was taken. */
  | { readonly type: 'taken'; readonly id: number; readonly what: 'frame' | 'loss' };

export const HOSTED_METHODS = [
  'readPosition',
  'startMove',
  'isMoving',
  'whenAtRest',
  'stop',
  'startHome',
  'grab',
  'grabMean',
  'live',
  'close',
  'applySettings',
  'readSettings',
  'estimates',
] as const;
/** A call of a driver that can be made from another process. */
export type HostedMethod = (typeof HOSTED_METHODS)[number];

export type HostReply =
  | { readonly type: 'answer'; readonly id: number; readonly value: unknown }
  | { readonly type: 'failure'; readonly id: number; readonly error: SentError }
  /** Of a driver that is live. */
  | { readonly type: 'frame'; readonly id: number; readonly data: unknown }
  /** Frames were lost, since the program was behind or by the instrument. */
  | { readonly type: 'loss'; readonly id: number; readonly count: number }
  | { readonly type: 'trace'; readonly driver: number; readonly line: TraceLine };

/** How long things take with the settings of now, as far as the driver can tell. */
export interface HostedEstimates {
  grabMs?: number | undefined;
  moves?: MoveTable | undefined;
}

/** What a program learns of a driver when it is connected. */
export interface HostedFacts {
  readonly identity?: string | undefined;
  readonly units?: string | undefined;
  readonly limits?: { readonly min: number; readonly max: number } | undefined;
  readonly methods: readonly HostedMethod[];
  /** Settings that it can change while connected. */
  readonly adjusts?: readonly string[] | undefined;
  readonly estimates: HostedEstimates;
}

/** An error between two processes: a class does not survive the way, its facts do. */
export interface SentError {
  readonly name: string;
  readonly message: string;
  readonly stack?: string | undefined;
  /** Of a DaqtorError. */
  readonly facts?:
    | {
        readonly code: ErrorCode;
        readonly problem: string;
        readonly advice?: string | undefined;
        readonly instrument?: string | undefined;
      }
    | undefined;
  readonly cause?: SentError | undefined;
}
