import type { ScpiCommand } from './scpi/scpi-device.ts';
import { scpiWord } from './scpi/scpi-parameters.ts';

/**
 * Settings of the oscilloscope that are answered for programs that ask, and have one value only: another is refused with
 * -224. Source: what sigrok's driver rigol-ds asks of a DS1000Z, and the DS1000Z Programming Guide for their names.
 */
export const RIGOL_FIXED_SETTINGS: readonly ScpiCommand[] = [
  fixed(':TIMebase[:MAIN]:OFFSet', '0.000000e+00'),
  fixed(':TRIGger:MODE', 'EDGE'),
  fixed(':TRIGger:EDGe:SOURce', 'CHAN1'),
  fixed(':TRIGger:EDGe:SLOPe', 'POS'),
  fixed(':TRIGger:EDGe:LEVel', '0.000000e+00'),
  fixed(':ACQuire:TYPE', 'NORM'),
  ...[1, 2, 3, 4].flatMap((channel) => [
    fixed(`:CHANnel${channel}:PROBe`, '1.000000e+00'),
    fixed(`:CHANnel${channel}:COUPling`, 'DC'),
    fixed(`:CHANnel${channel}:VERNier`, '0'),
  ]),
];

function fixed(header: string, value: string): ScpiCommand {
  const accept = (text: string) => {
    if (Number(text) !== Number(value)) scpiWord(text, [value]);
  };
  return { header, parameters: [1, 1], set: accept, ask: () => value };
}
