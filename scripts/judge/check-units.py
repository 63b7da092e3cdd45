#!/usr/bin/env python3
"""Checks that pint, and so PyMoDAQ, knows each unit text on standard input, one a line; an empty one is a pure number.

Ends with `N passed, N failed`; exit status 0 only when nothing failed.
"""

import sys

import pint

from report import Report


def main():
    report = Report(verbose='-v' in sys.argv[1:])
    registry = pint.UnitRegistry()
    units = sys.stdin.read().splitlines()
    report.check('standard input', 'names at least one unit', len(units) > 0)
    for unit in units:
        report.attempt(repr(unit), 'is a unit', lambda unit=unit: registry.Unit(unit))
    return report.close()


if __name__ == '__main__':
    sys.exit(main())
