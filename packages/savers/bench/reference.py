"""What other writers do, for bench/savers.ts: answers each JSON line {"case", "with", "folder", "n", "gzip", "flush"} with
the seconds that writing took, file opened and closed included."""
import json
import os
import sys
import time

import h5py
import numpy as np
import tables

SPECTRUM = np.sin(np.arange(1024) / 30)
FRAME = (np.arange(2048 * 2048) * 7919 % 4093).astype("u2").reshape(2048, 2048)
IMAGE = (np.arange(65536) * 7).astype("u2").reshape(256, 256)


class H5py:
    def __init__(self, path, gzip):
        self.file = h5py.File(path, "w")
        self.filter = dict(compression="gzip", compression_opts=gzip) if gzip else {}
        self.flush = self.file.flush
        self.close = self.file.close

    def rows(self, name, dtype, shape, chunk):
        array = self.file.create_dataset(
            name, (0,) + shape, dtype, maxshape=(None,) + shape, chunks=(chunk,) + shape, **self.filter
        )

        def append(value):
            n = array.shape[0]
            array.resize(n + 1, axis=0)
            array[n] = value

        return append

    def grid(self, name, dtype, shape, chunk):
        array = self.file.create_dataset(name, shape, dtype, chunks=chunk, **self.filter)

        def put(at, value):
            array[at] = value

        return put


class Tables:
    def __init__(self, path, gzip):
        self.file = tables.open_file(path, "w")
        self.filters = tables.Filters(complevel=gzip, complib="zlib", shuffle=False) if gzip else None
        self.flush = self.file.flush
        self.close = self.file.close

    def rows(self, name, dtype, shape, chunk):
        array = self.file.create_earray(
            "/", name, tables.Atom.from_dtype(np.dtype(dtype)), (0,) + shape, chunkshape=(chunk,) + shape, filters=self.filters
        )
        return lambda value: array.append(np.reshape(value, (1,) + shape))

    def grid(self, name, dtype, shape, chunk):
        array = self.file.create_carray(
            "/", name, tables.Atom.from_dtype(np.dtype(dtype)), shape, chunkshape=chunk, filters=self.filters
        )

        def put(at, value):
            array[at] = value

        return put


class Plain:
    """The same bytes, as they come, into one plain file."""

    def __init__(self, path, gzip):
        self.file = open(path, "wb", buffering=0)
        self.close = self.file.close

    def flush(self):
        pass

    def rows(self, name, dtype, shape, chunk):
        return lambda value: self.file.write(np.ascontiguousarray(value, dtype).data)

    def grid(self, name, dtype, shape, chunk):
        return lambda at, value: self.file.write(np.ascontiguousarray(value, dtype).data)


def frames(out, n, flush):
    append = out.rows("frames", "u2", (2048, 2048), 1)
    for _ in range(n):
        append(FRAME)
        flush()


def spectra(out, n, flush):
    append = out.rows("spectra", "f8", (1024,), 16)
    for _ in range(n):
        append(SPECTRUM)
        flush()


def scalars(out, n, flush):
    appends = [out.rows("s%d" % i, "f8", (), 1024) for i in range(8)]
    for i in range(n):
        for append in appends:
            append(float(i))
        flush()


def grid(out, n, flush):
    put = out.grid("grid", "f8", (64, 64, 1024), (1, 16, 1024))
    for i in range(n):
        put(divmod(i, 64), SPECTRUM)
        flush()


def point(out, n, flush):
    spectrum = [out.grid("spectrum%d" % i, "f8", (64, 64, 1024), (1, 64, 1024)) for i in range(2)]
    scalar = [out.grid("scalar%d" % i, "f8", (64, 64), (1, 64)) for i in range(8)]
    image = out.grid("image", "u2", (64, 64, 256, 256), (1, 8, 256, 256))
    for i in range(n):
        at = divmod(i, 64)
        for put in spectrum:
            put(at, SPECTRUM)
        for put in scalar:
            put(at, float(i))
        image(at, IMAGE)
        flush()


WRITERS = {"h5py": H5py, "PyTables": Tables, "plain": Plain}

for line in sys.stdin:
    request = json.loads(line)
    path = os.path.join(request["folder"], "reference.h5")
    began = time.perf_counter()
    out = WRITERS[request["with"]](path, request["gzip"])
    globals()[request["case"]](out, request["n"], out.flush if request["flush"] else lambda: None)
    out.close()
    seconds = time.perf_counter() - began
    os.remove(path)
    print(json.dumps(seconds), flush=True)
