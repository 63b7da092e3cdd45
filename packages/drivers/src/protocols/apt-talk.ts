import { DaqtorError } from '@daqtor/core';
import type { Link } from '../transports/link.ts';
import type { LinkIo, Resync } from '../transports/link-io.ts';
import {
  APT,
  APT_LENGTH,
  type AptInfo,
  type AptStatus,
  type AptVelocity,
  aptAnswerHeader,
  aptLong,
  aptRefusal,
  aptShort,
  aptVelocityData,
  parseAptInfo,
  parseAptStatus,
  parseAptVelocity,
} from './apt-message.ts';
import { stopTwice } from './stop-twice.ts';

/** Which of a controller's two ways to tell its status it has. */
export type AptFamily = 'servo' | 'stepper';

const STATUS = {
  servo: { request: APT.MOT_REQ_DCSTATUSUPDATE, answer: APT.MOT_GET_DCSTATUSUPDATE },
  stepper: { request: APT.MOT_REQ_STATUSUPDATE, answer: APT.MOT_GET_STATUSUPDATE },
} as const;

/**
 * Thorlabs' APT protocol, to one channel of one controller.
 *
 * An answer is found by its header, of which the number, the length, the destination and the source are all known: what
 * a controller sends unasked (the end of a motion), and what was cut by the end of an exchange, is passed over.
 *
 * Source: Thorlabs, APT Controllers Host-Controller Communications Protocol; compared with the public parser of
 * yaq-project/thorlabs-apt-protocol: lengths and places of what the messages hold.
 */
export class AptTalk {
  readonly #link: Link;
  readonly #destination: number;
  readonly #channel: number;
  readonly #family: AptFamily;

  constructor(link: Link, destination: number, channel: number, family: AptFamily) {
    this.#link = link;
    this.#destination = destination;
    this.#channel = channel;
    this.#family = family;
  }

  status(signal: AbortSignal): Promise<AptStatus> {
    return this.#link.exchange((io) => this.#status(io), signal);
  }

  velocity(signal: AbortSignal): Promise<AptVelocity> {
    return this.#link.exchange(async (io) => {
      await io.write(aptShort(APT.MOT_REQ_VELPARAMS, this.#destination, this.#channel));
      return parseAptVelocity((await this.#answer(io, APT.MOT_GET_VELPARAMS, APT_LENGTH.velocity)).data);
    }, signal);
  }

  /** @throws DaqtorError `instrument.fault` if the controller refuses */
  async setVelocity(velocity: AptVelocity, tried: string, signal: AbortSignal): Promise<void> {
    const data = aptVelocityData(this.#channel, velocity);
    await this.#command(aptLong(APT.MOT_SET_VELPARAMS, this.#destination, data), tried, signal);
  }

  enable(signal: AbortSignal): Promise<AptStatus> {
    return this.#command(
      aptShort(APT.MOD_SET_CHANENABLESTATE, this.#destination, this.#channel, 1),
      'enabling the channel',
      signal,
    );
  }

  /** @param counts - an integer of 32 bits */
  moveTo(counts: number, tried: string, signal: AbortSignal): Promise<AptStatus> {
    const data = new Uint8Array(6);
    const view = new DataView(data.buffer);
    view.setUint16(0, this.#channel, true);
    view.setInt32(2, counts, true);
    return this.#command(aptLong(APT.MOT_MOVE_ABSOLUTE, this.#destination, data), tried, signal);
  }

  home(signal: AbortSignal): Promise<AptStatus> {
    return this.#command(
      aptShort(APT.MOT_MOVE_HOME, this.#destination, this.#channel),
      'the search for the reference',
      signal,
    );
  }

  async stop(signal: AbortSignal): Promise<void> {
    const message = aptShort(APT.MOT_MOVE_STOP, this.#destination, this.#channel, PROFILED);
    await stopTwice(
      () => this.#link.send(message, signal),
      () => this.#command(message, 'stopping', signal),
    );
  }

  /**
   * Sends what has no answer of its own, then asks for the status: what the controller says of a refusal comes before.
   *
   * @throws DaqtorError `instrument.fault` if it refuses
   */
  #command(message: Uint8Array, tried: string, signal: AbortSignal): Promise<AptStatus> {
    return this.#link.exchange(async (io) => {
      await io.write(message);
      return this.#status(io, tried);
    }, signal);
  }

  async #status(io: LinkIo, tried = 'asking for the status'): Promise<AptStatus> {
    const { request, answer } = STATUS[this.#family];
    await io.write(aptShort(request, this.#destination, this.#channel));
    const { data, before } = await this.#answer(io, answer, APT_LENGTH.status);
    // Servos stop answering after some 50 of them that nobody has acknowledged.
    if (this.#family === 'servo') await io.write(aptShort(APT.MOT_ACK_DCSTATUSUPDATE, this.#destination));
    const refusal = aptRefusal(before, this.#destination);
    if (refusal !== undefined) {
      throw new DaqtorError('instrument.fault', {
        problem: `${tried} was refused: ${refusal}`,
        advice: "Look the number up in Thorlabs' document of the protocol, under HW_RICHRESPONSE",
      });
    }
    const status = parseAptStatus(data);
    if (status.channel === this.#channel) return status;
    throw new DaqtorError('instrument.protocol', {
      problem: `channel ${status.channel} answered, where channel ${this.#channel} was asked`,
      advice: 'Check the channel, and that nothing else talks to the controller',
    });
  }

  async #answer(io: LinkIo, id: number, length: number) {
    const before = await io.readUntil(aptAnswerHeader(id, length, this.#destination));
    return { before, data: await io.readExactly(length) };
  }
}

/** Brakes as a move does, not at once. */
const PROFILED = 2;

/** Has the controller send nothing by itself, and asks who it is. */
export async function askAptInfo(io: LinkIo, destination: number): Promise<AptInfo> {
  await io.write(
    Uint8Array.from([...aptShort(APT.HW_STOP_UPDATEMSGS, destination), ...aptShort(APT.HW_REQ_INFO, destination)]),
  );
  return readAptInfo(io, destination);
}

export function aptResync(destination: number): Resync {
  return {
    ask: (io) => io.write(aptShort(APT.HW_REQ_INFO, destination)),
    answered: async (io) => void (await readAptInfo(io, destination)),
  };
}

async function readAptInfo(io: LinkIo, destination: number): Promise<AptInfo> {
  await io.readUntil(aptAnswerHeader(APT.HW_GET_INFO, APT_LENGTH.info, destination));
  return parseAptInfo(await io.readExactly(APT_LENGTH.info));
}
