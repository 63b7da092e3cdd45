#!/usr/bin/env python3
"""Judges HDF5 files with PyMoDAQ's own reader (pymodaq_data 5.0.5), through both its backends.

Walks each file as the H5Browser does, loads every axis, data, enlargeable data, background and error node with
DataLoader (one node, and all nodes of a channel), and compares what PyMoDAQ loaded with the raw HDF5 content. PyMoDAQ
repairs some faults in silence (an axis of the wrong length becomes 0, 1, 2, ...; an unknown unit becomes ''): here each
of those is a failure.

Ends each with `N passed, N failed`; exit status 0 only when nothing failed. The files themselves are never written.
"""

import argparse
import json
import sys
import traceback
from pathlib import Path

import pymodaq_reader as pmd
from browsing import Browsing
from loading import Loading
from report import Report
from subject import Subject


def judge(path, backend, report):
    """Browses and loads a file through one backend; gives back what was loaded."""
    report.reader = backend
    passed, failed = report.passed, report.failed
    try:
        subject = Subject(path, backend, report)
    except Exception as error:
        report.check('/', 'is a readable HDF5 file', False, f'{type(error).__name__}: {error}')
        return None
    browsing, loading = Browsing(subject), Loading(subject)
    for step in (browsing.browse, loading.load):
        try:
            step()
        except Exception as error:
            if report.verbose:
                traceback.print_exc()
            report.check('/', f'{step.__name__} runs to its end', False, f'{type(error).__name__}: {error}')
    if not loading.counts:
        report.check('/', 'the file holds at least one PyMoDAQ array', False)
    totals = f'{report.passed - passed} passed, {report.failed - failed} failed'
    print(f'  [{backend}] {totals}; nodes by data_type: {loading.counts}')
    return subject.loaded


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('files', type=Path, nargs='+', metavar='FILE')
    parser.add_argument('-v', '--verbose', action='store_true', help='print the checks that pass too')
    parser.add_argument('--backend', choices=['tables', 'h5py', 'both'], default='both')
    parser.add_argument('--json', type=Path, help='write what was loaded to this file, of the last FILE')
    options = parser.parse_args()
    sys.stdout.reconfigure(line_buffering=True)  # Several of these may write to one pipe.
    pmd.mend_missing_nodes()
    return max(judge_both(path.resolve(), options) for path in options.files)


def judge_both(path, options):
    """Judges a file through the backends that were asked for; gives back the exit status."""
    report = Report(options.verbose)
    print(f'{path.name}: {pmd.VERSIONS}')
    backends = ['tables', 'h5py'] if options.backend == 'both' else [options.backend]
    loaded = {backend: judge(path, backend, report) for backend in backends}
    if len(backends) == 2 and None not in loaded.values():
        tables, h5py_ = ({key: json.dumps(value, default=repr) for key, value in loaded[b].items()} for b in backends)
        report.reader = 'both'
        differing = sorted(key for key in tables.keys() | h5py_.keys() if tables.get(key) != h5py_.get(key))
        report.check('/', 'both backends load the same content', not differing, differing[:5])
    if options.json:
        text = json.dumps(loaded, indent=1, ensure_ascii=False, default=repr)
        options.json.write_text(text + '\n', encoding='utf8')
    return report.close()


if __name__ == '__main__':
    sys.exit(main())
