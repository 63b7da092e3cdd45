#!/usr/bin/env python3
"""Makes src/h5/packed-template.ts: the empty files that datasets start from, as base64.

Each holds `/RawData/Logger`, an empty extendable array of variable-length uint8, a type that h5wasm cannot create, as it
cannot create booleans: that for SWMR also has the one that tells whether it is being written. The oldest format (superblock 0), as PyMoDAQ's own files have: its groups list their members by
name, where newer ones list them in an order of their own, and PyTables hands that on. Files for SWMR need the format of HDF5 1.10 (superblock 3).

Run it by hand with a Python that has h5py: python3 scripts/make-template.py
"""
import base64
import pathlib
import tempfile
import textwrap
import zlib

import h5py
import numpy as np


def packed(libver):
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder, 'template.h5')
        with h5py.File(path, 'w', libver=libver) as file:
            raw = file.create_group('RawData')
            raw.create_dataset('Logger', shape=(0,), maxshape=(None,), chunks=(1024,), dtype=h5py.vlen_dtype(np.uint8))
            if libver[0] == 'v110':
                file.attrs['swmr_active'] = False
        text = base64.b64encode(zlib.compress(path.read_bytes(), 9)).decode()
    return '\n'.join(f"  '{line}'," for line in textwrap.wrap(text, 110))


target = pathlib.Path(__file__).parent.parent / 'src' / 'h5' / 'packed-template.ts'
target.write_text(f"""/** Written by scripts/make-template.py; zlib, base64. */
export const PACKED_TEMPLATE = [
{packed(('earliest', 'v108'))}
].join('');
/** Of the format that can be read while it is written. */
export const PACKED_SWMR_TEMPLATE = [
{packed(('v110', 'v110'))}
].join('');
""")
