// read-spectrometer.mjs ADDRESS MILLISECONDS...
// What our driver reads of an Ocean Optics spectrometer, as JSON: `identity`, `wavelengths` in nm, `spectra`: counts for
// each integration time.
import { lab } from '../../packages/core/src/index.ts';
import { oceanUsb2000plus } from '../../packages/drivers/src/index.ts';

const [port, ...times] = process.argv.slice(2);
const bench = await lab({ spectrometer: oceanUsb2000plus({ port }) });
try {
  const { spectrometer } = bench;
  const read = { identity: spectrometer.identity, spectra: {} };
  for (const time of times) {
    await spectrometer.set({ integrationMs: Number(time) });
    const { data } = await spectrometer.grab();
    const [spectrum] = data;
    read.wavelengths = [...spectrum.axes[0].data];
    read.spectra[time] = [...spectrum.data[0]];
  }
  console.log(JSON.stringify(read));
} finally {
  await bench.close();
}
