#!/usr/bin/python3
"""Tells as JSON how a scan ended, as h5py and PyTables read it: {"h5py": {"outcome": ..., "measured": ...}, ...}."""

import json
import sys

import numpy as np

from readers import READERS

SCAN = '/RawData/Scan000'


def state(nodes):
    arrays = {path: values for path, (values, _) in nodes.items() if values is not None}
    [status] = [values for path, values in arrays.items() if path.startswith(f'{SCAN}/Status/')]
    return {'outcome': nodes[SCAN][1]['scan_outcome'], 'measured': int(np.count_nonzero(status == 1))}


if __name__ == '__main__':
    print(json.dumps({name: state(read(sys.argv[1])) for name, read in READERS.items()}))
