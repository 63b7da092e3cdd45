"""Looks with h5py into a scan that is being written. Reads one JSON request per line {"file", "group", "key", "looks"} and
answers with one JSON line {"counts": [points seen], "faults": [text, ...]}. How values are made: torture-scan.ts."""
import json
import sys
import time

import h5py
import numpy as np


def look(group, key, faults):
    def read(name):
        array = group[name]
        array.refresh()
        return array[()]

    status = read("Status/Data0D/CH00/Data00").ravel()
    # The status was read first: what it says is measured must be there by now.
    steps = np.flatnonzero(status == 1)
    base = key * 1000 + steps + 1
    spectrum = base[:, None] + np.arange(64) / 64
    pixels = (base[:, None] * 7 + np.arange(12 * 16)) % 65535 + 1
    for name, want in {
        "Detector000/Data0D/CH00/Data00": base + 0.5,
        "Detector000/Data1D/CH00/Data00": spectrum,
        "Detector000/Data2D/CH00/Data00": pixels,
        "Actuator000/Data0D/CH00/Data00": base + 0.125,
    }.items():
        got = read(name).reshape(status.size, -1)[steps]
        wrong = np.flatnonzero(np.any(got != np.reshape(want, got.shape), axis=1))
        if wrong.size:
            faults.append("point %d of %d, %s: %s" % (steps[wrong[0]], steps.size, name, got[wrong[0]][:3]))
    return int(steps.size)


def patient_open(path):
    """A line of the log takes a few milliseconds in which nobody else can open the file."""
    for attempt in range(100):
        try:
            return h5py.File(path, "r", swmr=True, libver="latest")
        except OSError:
            if attempt == 99:
                raise
            time.sleep(0.01)


def watch(request):
    counts, faults = [], []
    try:
        with patient_open(request["file"]) as file:
            for _ in range(request["looks"]):
                counts.append(look(file[request["group"]], request["key"], faults))
                time.sleep(0.03)
    except Exception as error:
        faults.append("%s: %s" % (type(error).__name__, error))
    return {"counts": counts, "faults": faults}


for line in sys.stdin:
    print(json.dumps(watch(json.loads(line))), flush=True)
