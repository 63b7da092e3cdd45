"""Looks at a file as PyMoDAQ's H5Browser does: every node, every attribute, read only."""

import datetime
from xml.etree import ElementTree

import h5py
import numpy as np

import pymodaq_reader as pmd
from subject import has

ROOT_ATTRIBUTES = ('pymodaq_version', 'pymodaq_data_version', 'file', 'date', 'time', 'TITLE')
FILE_TYPES = [*pmd.backends.SaveType.names(), 'dataset', 'logger', 'optimizer']


class Browsing:
    def __init__(self, subject):
        self.subject = subject
        self.report = subject.report
        self.raw = subject.raw

    def browse(self):
        check, attempt = self.report.check, self.report.attempt
        browser = pmd.H5BrowserUtil(backend=self.subject.backend)
        _, good = attempt(
            '/', 'opens read-only with H5BrowserUtil', lambda: browser.open_file(str(self.subject.copy), 'r')
        )
        if not good:
            return
        try:
            nodes, good = attempt(
                '/', 'every node can be walked (CLASS attribute on each)', lambda: list(browser.walk_nodes('/'))
            )
            if not good:
                return
            paths = {node.path for node in nodes}
            missed = sorted(set(self.raw) - paths)
            check('/', 'the walk reaches every dataset', not missed, missed[:5])
            self.browse_root(browser.root().attrs)
            if check('/', 'group RawData exists', '/RawData' in paths):
                attributes = browser.get_node('/RawData').attrs
                known = has(attributes, 'type') and attributes['type'] in FILE_TYPES
                check('/RawData', "attribute type is one of PyMoDAQ's", known)
            for node in nodes:
                self.browse_node(browser, node)
        finally:
            browser.close_file()

    def browse_root(self, root):
        for name in ROOT_ATTRIBUTES:
            held = has(root, name) and root[name]
            self.report.check('/', f'root attribute {name} is a str', isinstance(held, str), held)
        self.report.attempt('/', 'root attribute date is ISO', lambda: datetime.date.fromisoformat(root['date']))
        self.report.attempt('/', 'root attribute time is ISO', lambda: datetime.time.fromisoformat(root['time']))

    def browse_node(self, browser, node):
        check, attempt, path = self.report.check, self.report.attempt, node.path
        decoded, good = attempt(path, 'attributes decode (get_h5_attributes)', lambda: browser.get_h5_attributes(path))
        if not good:
            return
        attributes, settings, _scan_settings, _pixmaps = decoded
        is_array = path in self.raw
        kind = attributes.get('CLASS')
        check(path, 'CLASS fits the object', 'ARRAY' in str(kind) if is_array else kind == 'GROUP', kind)
        check(path, 'TITLE present', 'TITLE' in attributes)
        self.browse_envelopes(path, attributes)
        if settings is not None and not isinstance(settings, h5py.Empty):
            attempt(path, 'settings is well-formed XML', lambda: ElementTree.fromstring(settings))
        if is_array:
            self.browse_array(browser, node, attributes)

    def browse_envelopes(self, path, attributes):
        """Attributes that are not texts lie in an envelope with a Python literal; each must come out of it."""
        for name, value in attributes.items():
            if isinstance(value, (str, bytes)):
                text = value.decode('utf8', 'replace') if isinstance(value, bytes) else value
                if str(text).lstrip().startswith('{"module"'):
                    self.report.check(path, f'attribute {name}: its Python literal evaluates', False, text[:120])
            if isinstance(value, dict) and set(value) >= {'module', 'type', 'data'}:
                known = value['type'] == 'NoneType' or name.startswith('a_')
                self.report.check(path, f'attribute {name} is of a type PyMoDAQ decodes', known, value)

    def browse_array(self, browser, node, attributes):
        check, attempt, path = self.report.check, self.report.attempt, node.path
        if path.startswith('/RawData/'):
            check(path, 'array has a data_type (PyMoDAQ ignores it otherwise)', 'data_type' in attributes)
        if 'data_type' in attributes:
            kind = attributes['data_type']
            if not check(path, 'data_type is a DataType', kind in pmd.DataType.names(), kind):
                return
        raw = self.raw[path]
        shape = raw if isinstance(raw, tuple) else np.shape(raw)
        stored = attributes.get('shape')
        good = isinstance(stored, tuple) and stored == shape and all(type(n) is int for n in stored)
        check(path, 'attribute shape is the array shape (tuple of int)', good, f'{stored!r} != {shape}')
        if isinstance(raw, np.ndarray):
            stored = attributes.get('dtype')
            detail = f'{stored!r} != {raw.dtype.name}'
            check(path, 'attribute dtype is the array dtype', stored == raw.dtype.name, detail)
        array, good = attempt(path, 'get_node gives an array node', lambda: browser.get_node(path))
        if good and array is not None and attributes.get('data_type') == 'strings':
            lines, good = attempt(path, 'strings can be read', array.read)
            if good:
                texts = all(isinstance(line, str) for line in lines)
                check(path, 'strings are str', texts and len(lines) == shape[0])
                self.subject.loaded[path] = {'kind': 'strings', 'value': lines}
        attempt(path, 'parent_node resolves', lambda: node.parent_node.path)
