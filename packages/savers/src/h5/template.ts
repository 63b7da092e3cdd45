import { inflateSync } from 'node:zlib';
import { PACKED_SWMR_TEMPLATE, PACKED_TEMPLATE } from './packed-template.ts';

/**
 * The bytes of the file that every dataset starts from: `/RawData`, and in it an empty `Logger` of type vlen<uint8>, which
 * h5wasm can fill but not create.
 *
 * @param swmr - whether it can be read while it is written: superblock 3 then, else superblock 0
 */
export function templateBytes(swmr: boolean): Uint8Array {
  return inflateSync(Buffer.from(swmr ? PACKED_SWMR_TEMPLATE : PACKED_TEMPLATE, 'base64'));
}
