import type { DaqtorError } from '@daqtor/core';

export interface ExitOptions {
  /** Told what went wrong, and what could not be closed cleanly; default standard error. */
  readonly tell?: (line: string) => void;
  /** Default the process itself. */
  readonly host?: Pick<NodeJS.Process, 'on' | 'off' | 'exit'>;
}

interface Closeable {
  close(): Promise<readonly DaqtorError[]>;
}

/** Signals by which a process is asked to end, and its exit code then. */
const SIGNALS = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;

/**
 * Closes a lab, motors first, when the process is asked to end or an error is caught by nobody, then ends the process. A
 * second signal ends it at once. `process.exit()` of a script cannot be held up: close the lab before.
 *
 * @returns a function that takes this back
 */
export function closeOnExit(lab: Closeable, options: ExitOptions = {}): () => void {
  const { tell = (line) => process.stderr.write(`${line}\n`), host = process } = options;
  let isEnding = false;
  const end = async (exitCode: number) => {
    if (isEnding) return host.exit(exitCode);
    isEnding = true;
    for (const error of await lab.close()) tell(error.message);
    host.exit(exitCode);
  };
  const onSignal = (signal: keyof typeof SIGNALS) => {
    tell(isEnding ? `${signal} again: ending now` : `${signal}: stopping motors and closing the lab`);
    void end(SIGNALS[signal]);
  };
  const onError = (error: unknown) => {
    tell(error instanceof Error ? (error.stack ?? error.message) : String(error));
    if (!isEnding) void end(1);
  };
  const signals = Object.keys(SIGNALS) as (keyof typeof SIGNALS)[];
  for (const signal of signals) host.on(signal, onSignal);
  host.on('uncaughtException', onError);
  host.on('unhandledRejection', onError);
  return () => {
    for (const signal of signals) host.off(signal, onSignal);
    host.off('uncaughtException', onError);
    host.off('unhandledRejection', onError);
  };
}
