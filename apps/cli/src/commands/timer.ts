import { ChronoTimer, DaqtorError } from '@daqtor/core';
import type { Command } from '../command.ts';
import { formatDuration, parseDuration } from '../duration.ts';
import type { Terminal } from '../terminal.ts';

/** How often the time on the screen changes. */
const SHOWN_EVERY_MS = 100;
const KEYS = 'space: pause, go on   l: lap   r: back to zero   q: end';
const CTRL_C = '\x03';
const CTRL_D = '\x04';

export const timer: Command = {
  name: 'timer',
  summary: 'measures time with laps, or counts it down',
  help: `Measures time from now on; with a TIME it counts down, rings, and ends with exit code 0 when it is over.

Usage: daqtor timer [TIME]

  --help        this text

  TIME is in seconds, or like 250ms, 1.5min, 1h30min, 1:30.
  On a keyboard: ${KEYS}.
  Without one, each line that comes in is a lap, and the end of the input ends the measurement.

Example: daqtor timer 1:30 && echo 'beam shutter can be opened'
Example: ping meter.lab | daqtor timer`,
  options: {},
  takes: [0, 1],
  async run([time], _flags, terminal) {
    const countdownMs = time === undefined ? undefined : parseDuration(time);
    const chrono = new ChronoTimer(terminal.clock, countdownMs);
    if (terminal.input.isKeyboard) terminal.err(KEYS);
    chrono.start();
    await untilEnd(chrono, countdownMs !== undefined, terminal);
    const { state, elapsedMs, remainingMs } = chrono.read();
    terminal.out(formatDuration(elapsedMs));
    if (countdownMs === undefined) return;
    if (state !== 'over') {
      throw new DaqtorError('module.stopped', {
        problem: `the timer was ended with ${formatDuration(remainingMs ?? 0)} left`,
      });
    }
  },
};

/** Shows the time and does what is asked, until somebody ends it or the countdown is over. */
function untilEnd(chrono: ChronoTimer, isCountdown: boolean, terminal: Terminal): Promise<void> {
  const { isKeyboard } = terminal.input;
  const laps = new Laps(chrono, terminal);
  return new Promise((resolve) => {
    const end = () => {
      stopListening();
      shown.unsubscribe();
      chrono.pause();
      terminal.status('');
      resolve();
    };
    const onKey = (key: string | undefined) => {
      if (key === ' ' || key === '\r') chrono.read().state === 'running' ? chrono.pause() : chrono.start();
      else if (key === 'l') laps.add('');
      else if (key === 'r') laps.reset();
      else if (key === 'q' || key === CTRL_C || key === CTRL_D || key === undefined) end();
    };
    const onLine = (line: string | undefined) => {
      if (line !== undefined) laps.add(line);
      else if (!isCountdown) end(); // A countdown needs nobody to say something.
    };
    const stopListening = terminal.input.listen(isKeyboard ? onKey : onLine);
    const shown = chrono.readings$(SHOWN_EVERY_MS).subscribe({
      next: ({ state, elapsedMs, remainingMs }) => {
        const paused = state === 'paused' ? '  paused' : '';
        terminal.status(`${formatDuration(remainingMs ?? elapsedMs, 1)}${paused}`);
      },
      complete: () => {
        terminal.status('\x07');
        queueMicrotask(end); // A countdown of nearly nothing is over before it is listened to.
      },
    });
  });
}

/** Says how long each lap took. */
class Laps {
  readonly #chrono: ChronoTimer;
  readonly #terminal: Terminal;
  #number = 0;
  #beforeMs = 0;

  constructor(chrono: ChronoTimer, terminal: Terminal) {
    this.#chrono = chrono;
    this.#terminal = terminal;
  }

  add(note: string): void {
    const { elapsedMs } = this.#chrono.read();
    const lap = `lap ${++this.#number}  ${formatDuration(elapsedMs)}  +${formatDuration(elapsedMs - this.#beforeMs)}`;
    this.#beforeMs = elapsedMs;
    this.#terminal.status('');
    this.#terminal.out(note === '' ? lap : `${lap}  ${note}`);
  }

  /** Back to zero; a chronometer that runs goes on running. */
  reset(): void {
    const isRunning = this.#chrono.read().state === 'running';
    this.#chrono.reset();
    if (isRunning) this.#chrono.start();
    this.#number = this.#beforeMs = 0;
  }
}
