#!/usr/bin/env python3
"""Lets real PyMoDAQ (pymodaq_data 5.0.5) go on in a copy of each dataset: a new scan group with data, and a log line.

Usage: append-with-pymodaq.py FOLDER FILE...
The copies lie in FOLDER, to be judged like any other file. Ends with `N passed, N failed`.
"""

import shutil
import sys
from pathlib import Path

import numpy as np

import pymodaq_reader as pmd
from pymodaq_data.data import Axis, DataRaw
from pymodaq_data.h5modules.data_saving import DataSaverLoader
from report import Report


def append(copy, backend):
    """Adds a scan with data, and a log line."""
    saver = pmd.H5SaverLowLevel(backend=backend)
    saver.init_file(copy)
    try:
        scan = saver.add_scan_group(title='Appended')
        channel = saver.add_ch_group(scan, title='spectrum')
        axis = Axis(label='x', units='nm', data=np.linspace(0, 1, 5), index=0)
        data = DataRaw('spectrum', data=[np.arange(5.0)], axes=[axis], units='V', labels=['one'])
        DataSaverLoader(saver).add_data(channel, data)
        saver.get_set_logger(saver.raw_group)
        saver.add_log('2026-01-01 00:00:00,000 - judge - INFO - appended')
    finally:
        saver.close_file()


def main():
    folder, files = Path(sys.argv[1]), [Path(name) for name in sys.argv[2:]]
    report = Report()
    pmd.mend_missing_nodes()
    for number, path in enumerate(files):
        for backend in ('tables', 'h5py'):
            copy = folder / f'{number:02d}_{backend}_{path.name}'
            shutil.copyfile(path, copy)
            report.reader = backend
            report.attempt(str(path), 'PyMoDAQ appends to it', lambda: append(copy, backend))
    return report.close()


if __name__ == '__main__':
    sys.exit(main())
