#!/usr/bin/python3
"""Compares the arrays of an HDF5 file with the values that its writer says it measured, through h5py and PyTables.

EXPECTED is JSON: `{"/RawData/Scan000/Detector000/Data0D/CH00/Data00": {"shape": [21, 21], "units": "V", "values":
[...]}, ...}`, values in row-major order, `null` where nothing was measured. Numbers must be equal to the last bit, and
the detectors of the file must hold nothing else. Knows nothing of PyMoDAQ.

Ends with `N passed, N failed`; exit status 0 only when nothing failed.
"""

import argparse
import json
import re
import sys
from pathlib import Path

import numpy as np

from readers import READERS
from report import Report

DETECTOR_ARRAY = re.compile(r'/RawData/Scan\d{3}/Detector\d{3}/Data\w+/CH\d{2}/Data\d{2}')


def compare(found, expected, report):
    surplus = sorted(found.keys() - expected.keys())
    report.check('/', 'the detectors hold no other arrays', not surplus, surplus)
    for path, wanted in expected.items():
        if not report.check(path, 'exists', path in found, sorted(found)):
            continue
        values, attributes = found[path]
        units = attributes.get('units')
        report.check(path, 'units', units == wanted['units'], f'{units!r} != {wanted["units"]!r}')
        shape = tuple(wanted['shape'])
        if not report.check(path, 'shape', values.shape == shape, f'{values.shape} != {shape}'):
            continue
        measured = np.array(wanted['values'], dtype=float).reshape(shape)  # null becomes NaN
        differs = ~((values == measured) | (np.isnan(values.astype(float)) & np.isnan(measured)))
        first = tuple(np.argwhere(differs)[0].tolist()) if differs.any() else None
        detail = first and f'{differs.sum()} differ, first at {first}: {values[first]!r} != {measured[first]!r}'
        report.check(path, f'{values.size} values', first is None, detail)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('file', type=Path)
    parser.add_argument('expected', type=Path)
    parser.add_argument('-v', '--verbose', action='store_true', help='print the checks that pass too')
    options = parser.parse_args()

    report = Report(options.verbose)
    expected = json.loads(options.expected.read_text(encoding='utf8'))
    report.check(options.expected.name, 'names at least one array', len(expected) > 0)
    for report.reader, read in READERS.items():
        found, good = report.attempt('/', 'opens', lambda read=read: read(options.file))
        if good:
            arrays = {path: node for path, node in found.items() if DETECTOR_ARRAY.fullmatch(path)}
            compare(arrays, expected, report)
    return report.close()


if __name__ == '__main__':
    sys.exit(main())
