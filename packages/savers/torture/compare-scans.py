"""Compares scans of two files with h5py, array by array. One JSON request a line: {"ours", "expected", "group"}."""

import json
import sys

import h5py
import numpy as np


def arrays(path, group):
    found = {}

    def visit(name, node):
        if isinstance(node, h5py.Dataset) and not name.startswith(('Timestamps/', 'Baseline/')):
            found[name] = node[()]

    with h5py.File(path, 'r') as file:
        file[group].visititems(visit)
        times = file[f'{group}/Timestamps/Data0D/CH00/Data00'][()]
        status = file[f'{group}/Status/Data0D/CH00/Data00'][()]
        done = file[group].attrs['scan_done']
    return found, times, status, done


for line in sys.stdin:
    request = json.loads(line)
    faults = []
    try:
        ours, times, status, done = arrays(request['ours'], request['group'])
        expected, _, _, _ = arrays(request['expected'], request['group'])
        for name in sorted(ours.keys() ^ expected.keys()):
            faults.append(f'{name} is in one file only')
        for name in sorted(ours.keys() & expected.keys()):
            is_float = ours[name].dtype.kind in 'fc'
            # What is read while a stage ramps keeps the rounding of the time at which its line began.
            same = np.allclose(ours[name], expected[name], rtol=1e-10, atol=1e-10, equal_nan=True) if is_float else \
                np.array_equal(ours[name], expected[name])
            if not same:
                faults.append(f'{name} differs')
        if not np.array_equal(np.isfinite(times), status != 0):
            faults.append('times and status tell of different points')
        if 'True' not in str(done):
            faults.append(f'scan_done is {done}')
    except Exception as error:
        faults.append(f'{type(error).__name__}: {error}')
    print(json.dumps(faults), flush=True)
