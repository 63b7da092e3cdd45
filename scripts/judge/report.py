"""Counts what holds and what does not; ends with `N passed, N failed`."""

import traceback
from pathlib import Path


class Report:
    def __init__(self, verbose=False):
        self.verbose = verbose
        self.passed = 0
        self.failed = 0
        self.reader = ''

    def check(self, where, what, good, detail=''):
        """Counts one check and gives back whether it held."""
        tag = f'[{self.reader}] ' if self.reader else ''
        if good:
            self.passed += 1
            if self.verbose:
                print(f'  PASS {tag}{where}: {what}')
        else:
            self.failed += 1
            print(f'  FAIL {tag}{where}: {what}' + (f'  -- {detail}' if detail != '' else ''))
        return bool(good)

    def attempt(self, where, what, work):
        """Counts one check: `work` must not raise. Gives back its result and whether it held."""
        try:
            result = work()
        except Exception as error:
            last = traceback.extract_tb(error.__traceback__)[-1]
            place = f'{Path(last.filename).name}:{last.lineno}'
            return None, self.check(where, what, False, f'{type(error).__name__}: {str(error)[:200]} ({place})')
        return result, self.check(where, what, True)

    def close(self):
        """Prints the totals; gives back the exit status."""
        print(f'{self.passed} passed, {self.failed} failed')
        return 1 if self.failed else 0
