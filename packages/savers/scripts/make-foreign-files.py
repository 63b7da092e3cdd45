#!/usr/bin/python3
"""Makes fixtures/foreign/*.h5: files as other programs write them, for the reader's tests.

Needs Debian's python3-h5py. Values are few and told in the tests.
"""
from pathlib import Path

import h5py
import numpy as np

FOLDER = Path(__file__).parent.parent / 'fixtures' / 'foreign'
FOLDER.mkdir(exist_ok=True)


def types(file):
    """Every kind of element that h5py can store, without an attribute of PyMoDAQ's."""
    for dtype in ['i1', 'u1', 'i2', 'u2', 'i4', 'u4', 'i8', 'u8', 'f2', 'f4', 'f8', '>i4', '>f8', '>u8']:
        low = -3 if np.dtype(dtype).kind != 'u' else 3
        file[dtype.replace('>', 'big_')] = np.array([0, 1, low], dtype)
    file['huge'] = np.array([2**63 - 1, -(2**63)], 'i8')
    file['halves'] = np.array([0, -0.0, 65504, 2**-24, np.inf, -np.inf, np.nan, 1 / 3], 'f2')
    file['bool'] = np.array([True, False, True])
    file['complex128'] = np.array([1 + 2j, -3.5j])
    file['complex64'] = np.array([0.1 + 2j], 'c8')
    file['scalar'] = 1.5
    file['empty'] = np.zeros((0, 3))
    file['null'] = h5py.Empty('f8')
    file['texts'] = ['Größe', '']
    file['fixed'] = np.array([b'ab', b'abcd'])
    file['table'] = np.array([(1, 2.5)], [('a', 'i4'), ('b', 'f8')])
    file['opaque'] = np.array([b'\0\1'], 'V2')
    file['longdouble'] = np.array([1], np.longdouble)
    ragged = file.create_dataset('ragged', 2, h5py.vlen_dtype('f8'))
    ragged[0], ragged[1] = [1, 2], []
    file['colours'] = np.array([2, 1], h5py.enum_dtype({'RED': 1, 'GREEN': 2}, 'i2'))
    file['pairs'] = np.zeros(2, np.dtype(('i4', 2)))
    attributes = file['scalar'].attrs
    attributes['units'] = 'furlong'
    attributes['flag'] = True
    attributes['list'] = [1, 2, 3]
    attributes['names'] = ['é', 'b']
    attributes['reference'] = file['bool'].ref
    attributes['nothing'] = h5py.Empty('f8')
    group = file.create_group('group')
    group['soft'] = h5py.SoftLink('/scalar')
    group['dangling'] = h5py.SoftLink('/nowhere')
    group['up'] = h5py.SoftLink('/')
    group['outside'] = h5py.ExternalLink('/etc/passwd', '/')
    group['cycle'] = file['/']
    file['named_type'] = np.dtype('f8')


def nexus(file):
    """The smallest file that NeXus calls complete (NeXus manual, NXdata)."""
    file.attrs['default'] = 'entry'
    entry = file.create_group('entry')
    entry.attrs.update(NX_class='NXentry', default='data')
    data = entry.create_group('data')
    data.attrs.update(NX_class='NXdata', signal='counts', axes=['angle'])
    data['counts'] = np.array([1037, 1318, 1704], 'i4')
    data['angle'] = np.array([17.9, 17.92, 17.94])
    data['angle'].attrs['units'] = 'degrees'


def netcdf(file):
    """As netCDF-4 writes: dimension scales, and hidden attributes that tie arrays to them."""
    file.attrs['_NCProperties'] = 'version=2,netcdf=4.9.0,hdf5=1.10.8'
    file['time'] = np.array([0.0, 60.0])
    file['time'].make_scale('time')
    file['time'].attrs['units'] = 'seconds since 2020-01-01'
    file['temperature'] = np.array([280.5, 281.5], 'f4')
    file['temperature'].attrs['units'] = 'K'
    file['temperature'].dims[0].attach_scale(file['time'])


for make in (types, nexus, netcdf):
    with h5py.File(FOLDER / f'{make.__name__}.h5', 'w') as file:
        make(file)
