import { Axis, DataWithAxes, defineDetector, liveSettings } from '@daqtor/core';
import { z } from 'zod';
import { OceanTalk, wavelengthsOf } from '../protocols/ocean-talk.ts';
import { resolveUsbPort, usbPortOrAddress } from '../transports/resolve-usb-port.ts';

const settings = z.object({
  port: usbPortOrAddress,
  integrationMs: z.number().min(1).max(65_535).default(100).describe('Integration time in ms, 1 to 65535'),
});

/** Vendor specific. */
const INTERFACE = { class: 0xff } as const;
const FULL_SCALE = 65_535;
/** Slots of the coefficients of the wavelength, lowest power first. */
const WAVELENGTH_SLOTS = [1, 2, 3, 4];

/**
 * Ocean Optics USB2000+ spectrometer, by USB (`usb://2457:101E`).
 *
 * Source: the public driver python-seabreeze. From memory: that the integration time is 1 ms to 65.535 s, and that the
 * first spectrum after it was set may still be one of before, so that one is taken and dropped. Not yet tried on a real one.
 *
 * It gives `spectrum`, uint16 counts as the converter has them, shape `[2048]`, with an axis `wavelength` in nm by the
 * spectrometer's own calibration, and `saturated`, the number of pixels at full scale. Counts are neither corrected for
 * the dark signal (take a background) nor for nonlinearity.
 */
export const oceanUsb2000plus = defineDetector({
  kind: 'ocean-usb2000plus',
  title: 'Ocean Optics USB2000+ spectrometer',
  settings,
  async connect({ port, integrationMs }, { signal }) {
    const place = resolveUsbPort(port);
    const usb = await place.openUsb(INTERFACE, { gone: () => undefined }, signal);
    try {
      const talk = new OceanTalk(usb, place.address);
      await talk.initialise();
      const serial = await talk.slot(0);
      const coefficients: string[] = [];
      for (const slot of WAVELENGTH_SLOTS) coefficients.push(await talk.slot(slot));
      const axis = new Axis({ label: 'wavelength', units: 'nm', data: wavelengthsOf(coefficients) });
      let now = integrationMs;
      const expose = async (ms: number, signal: AbortSignal) => {
        await talk.setIntegration(ms);
        now = ms;
        await talk.spectrum(signal);
      };
      await expose(integrationMs, signal);
      return {
        identity: `Ocean Optics USB2000+, serial ${serial}`,
        grabMs: () => now,
        async grab(signal) {
          const counts = await talk.spectrum(signal);
          const saturated = counts.reduce((sum, count) => sum + (count === FULL_SCALE ? 1 : 0), 0);
          return [
            new DataWithAxes({ name: 'spectrum', units: 'count', data: [counts], axes: [axis] }),
            new DataWithAxes({ name: 'saturated', units: 'count', data: [Float64Array.of(saturated)] }),
          ];
        },
        // It does not tell what it took.
        adjust: liveSettings<z.output<typeof settings>, 'integrationMs'>({
          names: ['integrationMs'],
          apply: ({ integrationMs }, _, signal) => expose(integrationMs, signal),
        }),
        close: () => usb.close(),
      };
    } catch (error) {
      await usb.close();
      throw error;
    }
  },
});
