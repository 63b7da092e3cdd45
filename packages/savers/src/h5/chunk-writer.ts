import { CompressedChunks } from './compressed-chunks.ts';
import type { H5Module } from './h5-module.ts';
import type { MakeChunkWriter } from './own-array.ts';
import type { PageOverlay } from './page-overlay.ts';
import { PlacedChunks } from './placed-chunks.ts';

/** Writes chunks of files on disk. @param overlay - what stands between HDF5 and the file at present */
export function chunkWriter(h5: H5Module, overlay: () => PageOverlay): MakeChunkWriter {
  return (block, throughHdf5) => {
    const placed = new PlacedChunks(h5, block, overlay, throughHdf5);
    const compressed = new CompressedChunks(block, throughHdf5);
    return {
      write: (own, ...part) => (own.gzip > 0 ? compressed : placed).write(own, ...part),
      placeFor: (...chunk) => placed.placeFor(...chunk),
      get isPending() {
        return compressed.isPending;
      },
      finish: () => compressed.finish(),
      settle: () => compressed.settle(),
      reshape: (own, shape) => (own.gzip > 0 ? compressed : placed).reshape(own, shape),
    };
  };
}
