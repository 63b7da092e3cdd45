"""A file under judgement: what it holds, and what PyMoDAQ made of it."""

import shutil

import h5py

import pymodaq_reader as pmd


class Subject:
    """One file seen through one of PyMoDAQ's backends, with all that its checks share."""

    def __init__(self, path, backend, report):
        self.backend = backend
        self.report = report
        #: What PyMoDAQ loaded, by path.
        self.loaded = {}
        #: A copy: PyMoDAQ opens files to append.
        self.copy = pmd.SCRATCH / backend / path.name
        self.copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, self.copy)
        #: Each dataset as h5py alone reads it; only the shape where it holds Python objects.
        self.raw = {}

        def keep(name, node):
            if isinstance(node, h5py.Dataset):
                self.raw[f'/{name}'] = node[()] if node.dtype.kind != 'O' else node.shape

        with h5py.File(path, 'r') as file:
            file.visititems(keep)


def has(attributes, name):
    return name in attributes.attrs_name
