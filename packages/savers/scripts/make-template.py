#!/usr/bin/env python3
"""Makes src/h5/template.ts: the empty file that every dataset starts from, as base64.

It holds `/RawData/Logger`, an empty extendable array of variable-length uint8, the one type that the writer needs and
h5wasm cannot create. The oldest format (superblock 0), as PyMoDAQ's own files have: its groups list their members by
name, where newer ones list them in an order of their own, and PyTables hands that on.

Run it by hand with a Python that has h5py: python3 scripts/make-template.py
"""
import base64
import pathlib
import tempfile
import textwrap
import zlib

import h5py
import numpy as np

with tempfile.TemporaryDirectory() as folder:
    path = pathlib.Path(folder, 'template.h5')
    with h5py.File(path, 'w', libver=('earliest', 'v108')) as file:
        raw = file.create_group('RawData')
        raw.create_dataset('Logger', shape=(0,), maxshape=(None,), chunks=(1024,), dtype=h5py.vlen_dtype(np.uint8))
    packed = base64.b64encode(zlib.compress(path.read_bytes(), 9)).decode()

lines = '\n'.join(f"  '{line}'," for line in textwrap.wrap(packed, 110))
target = pathlib.Path(__file__).parent.parent / 'src' / 'h5' / 'template.ts'
target.write_text(f"""import {{ inflateSync }} from 'node:zlib';

/** Written by scripts/make-template.py; zlib, base64. */
const PACKED = [
{lines}
].join('');

/**
 * The bytes of the file that every dataset starts from: superblock 0, `/RawData`, and in it an empty `Logger` of type
 * vlen<uint8>, which h5wasm can fill but not create.
 */
export function templateBytes(): Uint8Array {{
  return inflateSync(Buffer.from(PACKED, 'base64'));
}}
""")
