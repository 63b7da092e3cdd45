import { EventEmitter } from 'node:events';
import { afterPromises, type DaqtorError } from '@daqtor/core';
import { expect, it } from 'vitest';
import { closeOnExit, type ExitOptions } from './close-on-exit.ts';

function trial() {
  const host = new EventEmitter();
  const happened: string[] = [];
  const exit = (code: number) => happened.push(`exit ${code}`);
  let finish = (_: readonly DaqtorError[]) => {};
  const lab = {
    close: () => {
      happened.push('close');
      return new Promise<readonly DaqtorError[]>((resolve) => {
        finish = resolve;
      });
    },
  };
  const options = { host: Object.assign(host, { exit }), tell: () => {} } as unknown as ExitOptions;
  const takeBack = closeOnExit(lab, options);
  const closed = async () => {
    finish([]);
    await new Promise<void>(afterPromises);
  };
  return { host, happened, closed, takeBack };
}

it('closes the lab before the process ends, on a signal and on an error that nobody caught', async () => {
  for (const [event, given, code] of [
    ['SIGTERM', 'SIGTERM', 143],
    ['uncaughtException', new Error('oops'), 1],
    ['unhandledRejection', 'oops', 1],
  ] as const) {
    const { host, happened, closed } = trial();
    host.emit(event, given);
    expect(happened).toEqual(['close']);
    await closed();
    expect(happened).toEqual(['close', `exit ${code}`]);
  }
});

it('ends at once on a second signal, but not on a further error', () => {
  const { host, happened } = trial();
  host.emit('SIGINT', 'SIGINT');
  host.emit('uncaughtException', new Error('while closing'));
  expect(happened).toEqual(['close']);
  host.emit('SIGINT', 'SIGINT');
  expect(happened).toEqual(['close', 'exit 130']);
});

it('can be taken back', () => {
  const { host, takeBack } = trial();
  takeBack();
  expect(host.eventNames()).toEqual([]);
});
