import type { SimulatedInstrument } from '../instruments/simulated-instrument.ts';

/** Sends back every byte at once. Knows how many hosts it has. */
export function echoInstrument(): SimulatedInstrument & { readonly hosts: number } {
  let hosts = 0;
  return {
    title: 'echo',
    get hosts() {
      return hosts;
    },
    connect(transmit) {
      let connected = true;
      hosts++;
      return {
        receive: (bytes) => transmit(bytes),
        disconnect() {
          if (connected) hosts--;
          connected = false;
        },
      };
    },
  };
}

/** Each of the 256 values of a byte. */
export const ALL_BYTES = Uint8Array.from({ length: 256 }, (_, i) => i);
