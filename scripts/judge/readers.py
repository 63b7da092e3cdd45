"""Reads a file with h5py and with PyTables, as plain HDF5."""

import ast
import json

import h5py
import tables


def attribute(value):
    """The value of an attribute: PyMoDAQ keeps it as a Python literal in a JSON envelope, a title as bare text."""
    text = value.decode('utf8') if isinstance(value, bytes) else str(value)
    try:
        return ast.literal_eval(json.loads(text)['data'])
    except (ValueError, TypeError, KeyError, SyntaxError):
        return text


def read_with_h5py(path):
    nodes = {}

    def keep(name, node):
        values = node[()] if isinstance(node, h5py.Dataset) else None
        nodes[f'/{name}'] = values, {key: attribute(value) for key, value in node.attrs.items()}

    with h5py.File(path, 'r') as file:
        file.visititems(keep)
    return nodes


def read_with_tables(path):
    with tables.open_file(str(path), 'r') as file:
        return {
            node._v_pathname: (
                node.read() if isinstance(node, tables.Leaf) else None,
                {key: attribute(node._v_attrs[key]) for key in node._v_attrs._v_attrnames},
            )
            for node in file.walk_nodes('/')
        }


#: Each gives (values, attributes) by path; values are None for a group.
READERS = {'h5py': read_with_h5py, 'tables': read_with_tables}
