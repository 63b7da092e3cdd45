import type { Clock } from '@daqtor/core';
import { AptChannel, type AptMotionEnd, type AptStageOptions } from './apt-channel.ts';
import { type AptMessage, AptSplitter, aptMessage } from './apt-splitter.ts';
import { textBytes } from './line-splitter.ts';
import type { SimulatedInstrument } from './simulated-instrument.ts';

export interface ThorlabsAptOptions {
  readonly clock: Clock;
  readonly model?: string;
  readonly serial?: number;
  readonly stage?: AptStageOptions;
  /**
   * Whether a status that was asked for has to be acknowledged too, lest it falls silent; default false: only those that it
   * sends by itself.
   */
  readonly wantsEveryAcknowledgement?: boolean;
}

export interface SimulatedThorlabsApt extends SimulatedInstrument {
  /** Something holds the stage. */
  block(): void;
}

const UNIT = 0x50;
const HOST = 0x01;
const UPDATE_MS = 100;
/** Messages of status that are sent without being acknowledged. */
const PATIENCE = 50;
const ENDS: Readonly<Record<AptMotionEnd, number>> = { homed: 0x0444, completed: 0x0464, stopped: 0x0466 };

/**
 * A Thorlabs KDC101 with a stage MTS50-Z8, from switching on: its channel is disabled, and its counter is 0 where it
 * stands.
 *
 * Source: Thorlabs, APT Controllers Host-Controller Communications Protocol: the messages and the bits of the status.
 * From memory: that messages it does not know are ignored, that motion ends at a limit switch with MOVE_STOPPED, and the
 * number of messages of status after which it wants one to be acknowledged. The document can be read so that those that were
 * asked for count as well; thorlabs-apt-device, which was written on real controllers, asks without acknowledging.
 */
export function simulatedThorlabsApt(options: ThorlabsAptOptions): SimulatedThorlabsApt {
  const { clock, model = 'KDC101', serial = 27_004_321, stage = {}, wantsEveryAcknowledgement = false } = options;
  const hosts = new Set<(bytes: Uint8Array) => void>();
  const tell = (bytes: Uint8Array) => {
    for (const host of hosts) host(bytes);
  };
  const channel = new AptChannel(clock, stage, (how) => {
    if (how === 'homed') tell(Uint8Array.of(ENDS.homed % 256, ENDS.homed >> 8, 1, 0, HOST, UNIT));
    else tell(aptMessage(ENDS[how], HOST, UNIT, statusOf(channel)));
  });

  return {
    title: `Thorlabs ${model}`,
    block: () => channel.block(),
    connect(transmit) {
      const splitter = new AptSplitter();
      let connected = true;
      let unacknowledged = 0;
      let updates = false;
      const send = (id: number, data: Uint8Array) => connected && transmit(aptMessage(id, HOST, UNIT, data));
      const status = (isAsked: boolean) => {
        const isSilent = unacknowledged >= PATIENCE;
        if (!isAsked || wantsEveryAcknowledgement) unacknowledged++;
        if (!isSilent) send(0x0491, statusOf(channel));
      };
      const update = () => {
        if (!connected || !updates) return;
        status(false);
        clock.setTimeout(update, UPDATE_MS);
      };
      const commands: Readonly<Record<number, (message: AptMessage) => void>> = {
        5: () => send(0x0006, info(model, serial)),
        17: () => {
          if (!updates) clock.setTimeout(update, UPDATE_MS);
          updates = true;
        },
        18: () => {
          updates = false;
        },
        528: ({ parameters }) => {
          channel.enabled = parameters[1] === 1;
        },
        529: () => connected && transmit(Uint8Array.of(0x12, 0x02, 1, channel.enabled ? 1 : 2, HOST, UNIT)),
        1040: ({ data }) => {
          channel.position = data.getInt32(2, true);
        },
        1041: () =>
          send(
            0x0412,
            packed(6, (view) => view.setInt32(2, channel.position, true)),
          ),
        1043: ({ data }) => channel.setVelocity(data.getInt32(6, true), data.getInt32(10, true)),
        1044: () => send(0x0415, velocityOf(channel)),
        1065: () =>
          send(
            0x042a,
            packed(6, (view) => view.setUint32(2, channel.bits, true)),
          ),
        1091: () => channel.home(),
        1096: ({ data }) => channel.moveBy(data.getInt32(2, true)),
        1107: ({ data }) => channel.moveTo(data.getInt32(2, true)),
        1125: () => channel.stop(),
        1168: () => status(true),
        1170: () => {
          unacknowledged = 0;
        },
      };
      /** Bytes of data that a message must have at least. */
      const needs: Readonly<Record<number, number>> = { 1040: 6, 1043: 14, 1096: 6, 1107: 6 };
      const hear = (bytes: Uint8Array) => transmit(bytes);
      hosts.add(hear);
      return {
        receive(bytes) {
          for (const message of splitter.push(bytes)) {
            if (message.destination === UNIT && message.data.byteLength >= (needs[message.id] ?? 0))
              commands[message.id]?.(message);
          }
        },
        disconnect() {
          connected = false;
          hosts.delete(hear);
        },
      };
    },
  };
}

/** Data of so many bytes that begin with the number of the channel. */
function packed(length: number, write: (view: DataView) => void): Uint8Array {
  const view = new DataView(new ArrayBuffer(length));
  view.setUint16(0, 1, true);
  write(view);
  return new Uint8Array(view.buffer);
}

const statusOf = (channel: AptChannel): Uint8Array =>
  packed(14, (view) => {
    view.setInt32(2, channel.position, true);
    view.setUint32(10, channel.bits, true);
  });

const velocityOf = ({ velocity: { acceleration, velocity } }: AptChannel): Uint8Array =>
  packed(14, (view) => {
    view.setInt32(6, acceleration, true);
    view.setInt32(10, velocity, true);
  });

/** Serial number, model, type, firmware 1.2.3, notes, hardware version, state, channels. */
function info(model: string, serial: number): Uint8Array {
  const view = new DataView(new ArrayBuffer(84));
  const bytes = new Uint8Array(view.buffer);
  view.setUint32(0, serial, true);
  bytes.set(textBytes(model.padEnd(8, '\0').slice(0, 8)), 4);
  view.setUint16(12, 16, true);
  bytes.set([3, 2, 1, 0], 14);
  view.setUint16(78, 1, true);
  view.setUint16(82, 1, true);
  return bytes;
}
