"""PyMoDAQ's own reader, kept from writing outside a temporary folder.

PyMoDAQ makes `~/.pymodaq` and a system-wide configuration folder as soon as it is imported, and opens files to append.
Here both folders lie in `SCRATCH`, where copies of the files to be judged belong too.
"""

import atexit
import importlib
import importlib.util
import logging
import os
import shutil
import sys
import tempfile
import types
import warnings
from pathlib import Path

SCRATCH = Path(tempfile.mkdtemp(prefix='judge-'))
atexit.register(shutil.rmtree, SCRATCH, ignore_errors=True)


def _redirect_configuration():
    """Sets the base folder of the configuration before the package itself starts, which would read it."""
    os.environ['HOME'] = str(SCRATCH)
    spec = importlib.util.find_spec('pymodaq_utils')
    if spec is None:
        sys.exit('PyMoDAQ is not installed: run scripts/judge/setup.sh, then this with .venv/judge/bin/python')
    package = types.ModuleType('pymodaq_utils')
    package.__path__ = list(spec.submodule_search_locations)
    sys.modules['pymodaq_utils'] = package
    importlib.import_module('pymodaq_utils.config').CONFIG_BASE_PATH = SCRATCH
    del sys.modules['pymodaq_utils']


os.environ.setdefault('MPLBACKEND', 'Agg')
warnings.simplefilter('ignore')
logging.disable(logging.WARNING)
_redirect_configuration()

import h5py  # noqa: E402
import numpy  # noqa: E402
import pymodaq_data  # noqa: E402
import tables  # noqa: E402
from pymodaq_data.data import DataDim, DataDistribution, DataToExport  # noqa: E402, F401
from pymodaq_data.h5modules import backends  # noqa: E402
from pymodaq_data.h5modules.browsing import H5BrowserUtil  # noqa: E402, F401
from pymodaq_data.h5modules.data_saving import AxisSaverLoader, DataLoader  # noqa: E402, F401
from pymodaq_data.h5modules.saving import DataType, H5SaverLowLevel  # noqa: E402, F401

VERSIONS = (
    f'pymodaq_data {pymodaq_data.__version__}, tables {tables.__version__}, '
    f'h5py {h5py.__version__} (HDF5 {h5py.version.hdf5_version}), numpy {numpy.__version__}'
)


def mend_missing_nodes():
    """Lets the h5py backend raise NodeError for a missing node, as later versions of PyMoDAQ do.

    In pymodaq_data 5.0.5 it is an AttributeError, so that `load_data` fails for every node without error bars.
    """
    original = backends.H5Backend.get_node

    def get_node(self, where, name=None):
        if self.backend != 'tables' and name is not None:
            parent = where.node if isinstance(where, backends.Node) else where
            found = self._h5file.get(f'{parent}/{name}') if isinstance(parent, str) else parent.get(name)
            if found is None:
                raise backends.NodeError(f'Node {parent} (name={name}) does not exist')
        return original(self, where, name)

    backends.H5Backend.get_node = get_node
