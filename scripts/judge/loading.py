"""Loads all data of a file as scripts and viewers do, and compares them with the raw HDF5 content."""

import math

import numpy as np

import pymodaq_reader as pmd
from subject import has

LOADABLE = ('data', 'data_enlargeable', 'bkg', 'error')
DIMENSIONS = {1: 'Data1D', 2: 'Data2D'}


def same(a, b):
    a, b = np.asarray(a), np.asarray(b)
    if a.shape != b.shape:
        return False
    inexact = a.dtype.kind in 'fc' or b.dtype.kind in 'fc'
    return np.array_equal(a, b, equal_nan=True) if inexact else np.array_equal(a, b)


def close(a, b):
    """Whether axis values agree, up to the rounding of an axis that is stored as offset and scaling."""
    return np.allclose(a, b, rtol=1e-9, atol=1e-12 + 1e-9 * np.max(np.abs(b), initial=0))


def squeezed(raw, nav_indexes):
    """The raw array as PyMoDAQ loads it: without signal dimensions of length 1."""
    dropped = tuple(i for i, length in enumerate(raw.shape) if length == 1 and i not in nav_indexes)
    return np.atleast_1d(np.squeeze(raw, axis=dropped))


def plain(values):
    """An array as JSON can hold it."""
    flat = np.asarray(values).ravel()
    if flat.dtype.kind == 'c':
        return [[value.real, value.imag] for value in flat]
    return [repr(x) if isinstance(x, float) and not math.isfinite(x) else x for x in flat.tolist()]


def describe_axis(axis):
    return {
        'label': axis.label,
        'units': axis.units,
        'index': axis.index,
        'spread_order': axis.spread_order,
        'data': plain(axis.get_data()),
    }


def describe(data, kind):
    """Everything that PyMoDAQ loaded of one node, so that its two backends can be compared."""
    simple = (str, int, float, bool, list, tuple, type(None))
    extra = {name: getattr(data, name) for name in data.extra_attributes}
    return {
        'kind': kind,
        'name': data.name,
        'labels': list(data.labels),
        'units': data.units,
        'dim': data.dim.name,
        'distribution': data.distribution.name,
        'source': data.source.name,
        'origin': data.origin,
        'timestamp': data.timestamp,
        'shape': list(data.shape),
        'nav_indexes': list(data.nav_indexes),
        'repr': repr(data),
        'axes': [describe_axis(axis) for axis in data.axes],
        'errors': None if data.errors is None else [plain(error) for error in data.errors],
        'extra': {name: value if isinstance(value, simple) else repr(value) for name, value in extra.items()},
        'data': [plain(array) for array in data.data],
    }


def data_type_of(node):
    return node.attrs['data_type'] if has(node.attrs, 'data_type') else None


class Loading:
    def __init__(self, subject):
        self.subject = subject
        self.report = subject.report
        self.raw = subject.raw
        #: How many nodes there are of each data_type.
        self.counts = {}

    def load(self):
        saver = pmd.H5SaverLowLevel(backend=self.subject.backend)
        _, good = self.report.attempt(
            '/', 'opens with H5SaverLowLevel.init_file', lambda: saver.init_file(self.subject.copy)
        )
        if not good:
            return
        try:
            self.report.check('/RawData', 'raw_group found', saver.raw_group.path == '/RawData')
            loader = pmd.DataLoader(saver)
            nodes, good = self.report.attempt('/', 'walk with DataLoader', lambda: list(loader.walk_nodes('/')))
            if good:
                self.load_nodes(saver, loader, nodes)
        finally:
            saver.close_file()

    def load_nodes(self, saver, loader, nodes):
        axis_loader = pmd.AxisSaverLoader(saver)
        kinds = {}
        for node in nodes:
            kinds[node.path] = kind = data_type_of(node)
            if kind is not None:
                self.counts[kind] = self.counts.get(kind, 0) + 1
        axes = {node.path: self.load_axis(axis_loader, node) for node in nodes if kinds[node.path] == 'axis'}
        channels = {}
        for node in nodes:
            kind = kinds[node.path]
            if kind in LOADABLE:
                self.load_data(loader, node, kind, axes)
                channels.setdefault(node.parent_node.path, {}).setdefault(kind, []).append(node.path)
        for group, held in channels.items():
            for kind, paths in held.items():
                self.load_channel(loader, group, kind, paths)
        for node in nodes:
            if isinstance(node, pmd.backends.GROUP) and node.path.count('/') == 2:
                self.load_all(loader, node, channels)

    def load_all(self, loader, node, channels):
        below = [held for group, held in channels.items() if group.startswith(f'{node.path}/')]
        wanted = sum(1 for held in below if 'data' in held or 'data_enlargeable' in held)
        found = pmd.DataToExport('all')
        _, good = self.report.attempt(node.path, 'load_all', lambda: loader.load_all(node, found))
        if good:
            self.report.check(node.path, f'load_all finds every channel ({wanted})', len(found) == wanted, len(found))

    def load_axis(self, axis_loader, node):
        check, path, attributes = self.report.check, node.path, node.attrs
        axis, good = self.report.attempt(path, 'Axis loads', lambda: axis_loader.load_axis(node))
        if not good:
            return None
        raw = self.raw[path]
        check(path, 'Axis is one-dimensional', raw.ndim == 1, raw.shape)
        equal = axis.size == raw.size and close(axis.get_data(), np.atleast_1d(raw))
        check(path, 'Axis values', equal, f'{axis.get_data()} != {raw}')
        check(path, 'Axis label', axis.label == attributes['label'] and isinstance(axis.label, str))
        check(path, 'Axis label is the TITLE', attributes['TITLE'] == attributes['label'], attributes['TITLE'])
        units = attributes['units']
        check(path, 'Axis units known to pint', axis.units == units, f'{units!r} became {axis.units!r}')
        check(path, 'attribute size', has(attributes, 'size') and attributes['size'] == raw.size)
        for name in ('offset', 'scaling', 'distribution', 'data_dimension'):
            check(path, f'attribute {name} present', has(attributes, name))
        distribution = has(attributes, 'distribution') and attributes['distribution']
        check(path, 'attribute distribution', distribution in pmd.DataDistribution.names())
        self.subject.loaded[path] = {'kind': 'axis', **describe_axis(axis)}
        return axis

    def load_data(self, loader, node, kind, axes):
        check, path, attributes, raw = self.report.check, node.path, node.attrs, self.raw[node.path]
        data, good = self.report.attempt(path, f'DataLoader.load_data ({kind})', lambda: loader.load_data(node))
        if not good or not check(path, 'load_data gives data', data is not None):
            return
        nav = tuple(attributes['nav_indexes'])
        valid = all(type(i) is int and 0 <= i < raw.ndim for i in nav) and len(set(nav)) == len(nav)
        check(path, 'nav_indexes valid', valid, nav)
        equal = len(data) == 1 and same(data.data[0], squeezed(raw, nav))
        check(path, 'values', equal, f'{data.shape} / {raw.shape}')
        self.compare_attributes(path, attributes, data)
        if kind not in ('bkg', 'error'):  # those are saved without axes of their own
            children = {child.path for child in node.parent_node.children().values()}
            signal_axes = [axis for place, axis in axes.items() if axis is not None and place in children]
            group = loader.get_nav_group(node)
            in_group = [axis for place, axis in axes.items() if group and place.rsplit('/', 1)[0] == group.path]
            nav_axes = [axis for axis in in_group if axis is not None]
            self.compare_axes(path, data, raw, nav, signal_axes, nav_axes)
            self.compare_dimension(path, attributes, data, raw, nav, kind)
        self.subject.loaded[path] = describe(data, kind)

    def compare_attributes(self, path, attributes, data):
        check = self.report.check
        check(path, 'name is the TITLE', data.name == attributes['TITLE'] and isinstance(data.name, str), data.name)
        label = data.labels == [attributes['label']] and isinstance(data.labels[0], str)
        check(path, 'label', label, data.labels)
        if has(attributes, 'units'):
            units = attributes['units']
            check(path, 'units known to pint', data.units == units, f'{units!r} became {data.units!r}')
        check(path, 'source', data.source.name == (attributes['source'] if has(attributes, 'source') else 'raw'))
        dimension, distribution = attributes['data_dimension'], attributes['distribution']
        check(path, 'data_dimension is a DataDim', dimension in pmd.DataDim.names(), dimension)
        check(path, 'distribution', distribution in pmd.DataDistribution.names(), distribution)
        check(path, 'timestamp is a number', isinstance(data.timestamp, (int, float)), data.timestamp)
        check(path, 'origin is a str', isinstance(data.origin, str), data.origin)

    def compare_axes(self, path, data, raw, nav, signal_axes, nav_axes):
        check, wanted = self.report.check, signal_axes + nav_axes
        places = [(axis.label, axis.index) for axis in wanted]
        check(path, 'no axis index beyond the array', all(index < raw.ndim for _, index in places), places)
        for axis in wanted:
            if axis.index >= raw.ndim:
                continue
            length = raw.shape[axis.index]
            fits = axis.size == length
            check(path, f'axis {axis.label!r} fits dimension {axis.index}', fits, f'{axis.size} != {length}')
            key = (axis.label, axis.index, axis.spread_order)
            twins = [other for other in data.axes if (other.label, other.index, other.spread_order) == key]
            held = [(other.label, other.index) for other in data.axes]
            if check(path, f'axis {axis.label!r} is in the loaded data', len(twins) >= 1, held):
                kept = any(
                    twin.units == axis.units
                    and twin.size == axis.size
                    and np.allclose(twin.get_data(), axis.get_data())
                    for twin in twins
                )
                check(path, f'axis {axis.label!r} kept its values and units', kept)
        if nav:
            have = {axis.index for axis in wanted}
            check(path, 'each navigation index has an axis', set(nav) <= have, f'{nav} / {sorted(have)}')
        signal = [i for i in range(raw.ndim) if i not in nav]
        once = all(sum(axis.index == i for axis in signal_axes) <= 1 for i in signal)
        check(path, 'signal indexes: one axis at most', once)

    def compare_dimension(self, path, attributes, data, raw, nav, kind):
        check = self.report.check
        several = bool(nav) and sum(length > 1 for length in raw.shape) > 1
        check(path, 'dimension of the whole', data.dim == pmd.DataDim.DataND or not several, data.dim)
        stored = attributes['data_dimension']
        if kind == 'data_enlargeable' or not (nav and stored == 'DataND'):
            signal = [n for i, n in enumerate(raw.shape) if i not in nav and not (nav and n == 1)]
            scalar = int(np.prod(signal or [1])) == 1 and len(signal) <= 1
            expected = 'Data0D' if scalar else DIMENSIONS.get(len(signal), 'DataND')
            good = stored == expected or (stored == 'DataND' and bool(nav))
            check(path, 'data_dimension is the dimension of the signal', good, f'{stored} / {expected}')

    def load_channel(self, loader, group, kind, paths):
        check, attempt = self.report.check, self.report.attempt
        data, good = attempt(
            group,
            f'load_data(load_all) of {len(paths)} {kind} node(s)',
            lambda: loader.load_data(paths[0], load_all=True),
        )
        if not good:
            return
        check(group, f'load_all gives {len(paths)} array(s)', len(data) == len(paths), len(data))
        in_order = sorted(paths) == paths or self.subject.backend == 'tables'
        check(group, 'arrays keep the order of their numbers', in_order, paths)
        check(group, 'one label per array', len(data.labels) == len(paths))
        computable = kind == 'data' and data.data[0].dtype.kind in 'fi'
        attempt(group, 'arithmetic and units work (d + d)', lambda: data + data if computable else None)
        if kind == 'data':
            attempt(
                group,
                'load_data(with_bkg)',
                lambda: loader.load_data(paths[0], with_bkg=True, load_all=False),
            )
        self.subject.loaded[f'{group} [{kind}]'] = describe(data, kind)
