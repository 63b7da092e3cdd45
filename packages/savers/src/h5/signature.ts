import { closeSync, openSync, readSync, statSync } from 'node:fs';

const HDF5 = Buffer.from('\x89HDF\r\n\x1a\n', 'latin1');
const HEAD = 512;

/** How files begin that are taken for HDF5 by mistake. */
const OTHERS: readonly (readonly [start: string, is: string])[] = [
  ['CDF\x01', 'a classic netCDF file (convert it with nccopy -k netCDF-4)'],
  ['CDF\x02', 'a classic netCDF file (convert it with nccopy -k netCDF-4)'],
  ['CDF\x05', 'a classic netCDF file (convert it with nccopy -k netCDF-4)'],
  ['\x0e\x03\x13\x01', 'an HDF4 file (convert it with h4toh5)'],
  ['PK\x03\x04', 'a zip archive'],
  ['\x1f\x8b', 'a gzip archive (unpack it first)'],
  ['\x93NUMPY', "a numpy array (.npy): read it with numpy's load"],
  ['MATLAB 5.0', 'a MATLAB file of version 5 (save it with -v7.3)'],
  ['\x89PNG', 'a PNG image'],
  ['II*\0', 'a TIFF image'],
  ['MM\0*', 'a TIFF image'],
];

/**
 * Makes sure that a file is HDF5 before HDF5 is asked, whose answer would be about addresses. Its signature stands at
 * byte 0, or at 512, 1024, 2048, … behind a user block (HDF5 File Format Specification 3.0, II.A).
 *
 * @returns how many bytes the file has
 * @throws Error that says what it is instead
 */
export function checkSignature(path: string): number {
  const { size } = statSync(path);
  const fd = openSync(path, 'r');
  try {
    const head = Buffer.alloc(Math.min(size, HEAD));
    readSync(fd, head, 0, head.length, 0); // Throws EISDIR for a folder.
    if (size === 0) throw new Error('it is empty');
    const found = Buffer.alloc(HDF5.length);
    for (let at = 0; at + HDF5.length <= size; at = at === 0 ? HEAD : at * 2) {
      readSync(fd, found, 0, found.length, at);
      if (found.equals(HDF5)) return size;
    }
    throw new Error(`it is no HDF5 file${isInstead(head)}`);
  } finally {
    closeSync(fd);
  }
}

function isInstead(head: Buffer): string {
  const start = head.toString('latin1');
  const known = OTHERS.find(([sign]) => start.startsWith(sign));
  if (known) return ` but ${known[1]}`;
  if (head.every((byte) => byte === 0)) return ': it begins with zeros, as a file does whose writing was cut short';
  return /^[\t\n\r\x20-\x7e]+$/.test(start) ? ' but text' : ': its signature is missing';
}
