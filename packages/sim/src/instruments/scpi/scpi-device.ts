import type { SimulatedSession } from '../simulated-instrument.ts';
import { ScpiError } from './scpi-error.ts';
import { type ScpiHeader, scpiHeader } from './scpi-header.ts';
import { scpiInteger } from './scpi-parameters.ts';
import type { ScpiUnit } from './scpi-parser.ts';
import { ScpiSession } from './scpi-session.ts';
import { ScpiStatus, type ScpiStatusOptions } from './scpi-status.ts';

/** What a command answers: now, or when it is ready. A rejection with ScpiError goes into the error queue. */
export type ScpiAnswer = string | Promise<string>;

/** A command of an instrument, by its header in the notation of the manuals. */
export interface ScpiCommand {
  readonly header: string;
  /** Fewest and most parameters of the command; default none. */
  readonly parameters?: readonly [fewest: number, most: number];
  /** Most parameters of the query; default none. */
  readonly queryParameters?: number;
  /** Executes the command; without it there is only the query. What follows waits for a promise. */
  set?(...parameters: string[]): void | Promise<void>;
  /** Answers the query. `signal` is aborted when the host does not wait for the answer. */
  ask?(signal: AbortSignal, ...parameters: string[]): ScpiAnswer;
}

/** What an instrument tells the common commands about itself. */
export interface ScpiIdentity extends ScpiStatusOptions {
  /** Answer to `*IDN?`. */
  readonly identity: string;
  /** `*RST`. */
  reset(): void;
  /** Resolves once nothing is pending any more; for `*OPC` and `*WAI`. */
  idle(signal?: AbortSignal): Promise<void>;
}

const REGISTER = { minimum: 0, maximum: 255, default: 0 };

/**
 * An instrument of IEEE 488.2 and SCPI: common commands, status, and the exchange of messages. LF ends a message, CR
 * before it does not count. Of a message with a faulty command, what stands before it is executed, what follows is not.
 */
export class ScpiDevice {
  readonly status: ScpiStatus;
  readonly #identity: ScpiIdentity;
  readonly #commands: readonly (ScpiCommand & { readonly matches: ScpiHeader })[];
  #completion = new AbortController();

  constructor(identity: ScpiIdentity, commands: readonly ScpiCommand[]) {
    this.#identity = identity;
    this.status = new ScpiStatus(identity);
    this.#commands = [...this.#common(), ...commands].map((command) => ({
      ...command,
      matches: scpiHeader(command.header),
    }));
  }

  connect(transmit: (bytes: Uint8Array) => void): SimulatedSession {
    return new ScpiSession(this, transmit);
  }

  /** @throws ScpiError */
  execute(
    { path, query, parameters }: ScpiUnit,
    signal: AbortSignal,
  ): string | undefined | Promise<string | undefined> {
    const able = this.#commands.filter((one) => (query ? one.ask : one.set));
    const command = able.find((one) => one.matches(path) === 'same');
    if (!command) throw new ScpiError(able.some((one) => one.matches(path) === 'other suffix') ? -114 : -113);
    const [fewest, most] = query ? [0, command.queryParameters ?? 0] : (command.parameters ?? [0, 0]);
    if (parameters.length < fewest) throw new ScpiError(-109);
    if (parameters.length > most) throw new ScpiError(-108);
    if (query) return command.ask?.(signal, ...parameters);
    const pending = command.set?.(...parameters);
    return pending instanceof Promise ? pending.then(() => undefined) : undefined;
  }

  #common(): ScpiCommand[] {
    const { status } = this;
    return [
      { header: '*IDN', ask: () => this.#identity.identity },
      {
        header: '*RST',
        set: () => {
          this.#completion.abort();
          this.#identity.reset();
        },
      },
      {
        header: '*CLS',
        set: () => {
          this.#completion.abort();
          status.clear();
        },
      },
      {
        header: '*ESE',
        parameters: [1, 1],
        set: (bits) => {
          status.eventEnable = scpiInteger(bits, REGISTER);
        },
        ask: () => String(status.eventEnable),
      },
      { header: '*ESR', ask: () => String(status.takeEvents()) },
      {
        header: '*SRE',
        parameters: [1, 1],
        set: (bits) => {
          status.serviceEnable = scpiInteger(bits, REGISTER);
        },
        ask: () => String(status.serviceEnable),
      },
      { header: '*STB', ask: () => String(status.statusByte) },
      {
        header: '*OPC',
        set: () => {
          this.#completion.abort();
          this.#completion = new AbortController();
          void this.#tellCompletion(this.#completion.signal);
        },
        ask: async (signal) => {
          await this.#identity.idle(signal);
          return '1';
        },
      },
      { header: '*WAI', set: () => this.#identity.idle() },
      { header: '*TST', ask: () => '0' },
      { header: ':SYSTem:ERRor[:NEXT]', ask: () => status.takeError() },
      { header: ':SYSTem:VERSion', ask: () => '1991.0' },
    ];
  }

  async #tellCompletion(signal: AbortSignal): Promise<void> {
    await this.#identity.idle();
    if (!signal.aborted) this.status.operationComplete();
  }
}
