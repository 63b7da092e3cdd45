"""Checks files that killed writers left, with h5py, against what was acknowledged. Reads one JSON request per line
{"file", "notes", "torn"} and answers each with one JSON line {"points", "scans", "faults": [text, ...]}. How values are made
is written down in torture-scan.ts; here once more, since a check that shares code with what it checks proves little."""
import json
import pickle
import sys

import h5py
import numpy as np


def read_notes(path):
    scans = {}
    for line in open(path).read().splitlines():
        kind, key, *rest = line.split(" ")
        if kind == "begun":
            scans[int(key)] = {"shape": (int(rest[0]), int(rest[1])), "group": rest[2], "saved": set(), "lines": None}
        elif kind == "saved":
            scans[int(key)]["saved"].add(int(rest[0]))
        elif kind == "ended":
            scans[int(key)]["lines"] = int(rest[0])
    return scans


def expected(key, step, pixels):
    base = key * 1000 + step + 1
    spectrum = base + np.arange(64) / 64
    return {
        "Actuator000/Data0D/CH00/Data00": base + 0.125,
        "Actuator001/Data0D/CH00/Data00": base + 0.25,
        "Detector000/Data0D/CH00/Data00": base + 0.5,
        "Detector000/Data0D/CH00/Data01": base + 0.75,
        "Detector000/Data1D/CH00/Data00": spectrum,
        "Detector000/Data1D/CH00/Data01": spectrum + 1,
        "Detector000/Data2D/CH00/Data00": ((base * 7 + np.arange(pixels)) % 65535 + 1).astype("u2"),
        "Timestamps/Data0D/CH00/Data00": base / 1000,
    }


def check_scan(group, key, noted, torn, say):
    shape = noted["shape"]
    status = group["Status/Data0D/CH00/Data00"][()]
    if status.shape != shape:
        return say("scan %d has the shape %s, not %s" % (key, status.shape, shape))
    measured = status.ravel()
    arrays = {}
    for name in expected(key, 0, 1):
        if name in group:
            arrays[name] = group[name][()]
        elif measured.any():
            say("scan %d has measured points, but no %s" % (key, name))
    for step in noted["saved"]:
        if measured[step] != 1:
            say("scan %d: point %d was acknowledged and is not marked as measured" % (key, step))
    image = arrays.get("Detector000/Data2D/CH00/Data00")
    pixels = 0 if image is None else image[0, 0].size
    # A torn file holds half of a commit that was never acknowledged, until Daqtor opens it.
    for step in range(measured.size):
        if torn and step not in noted["saved"]:
            continue
        at = np.unravel_index(step, shape)
        for name, want in expected(key, step, pixels).items():
            if name not in arrays:
                continue
            got = arrays[name][at]
            if measured[step] == 1:
                same = np.array_equal(np.ravel(got), np.ravel(want))
            else:  # Nothing half written is seen.
                same = np.all(got == 0) if got.dtype.kind in "ui" else np.all(np.isnan(got))
            if not same:
                say("scan %d: point %d, status %d, %s is wrong" % (key, step, measured[step], name))
    if noted["lines"] is not None:
        outcome = "completed" if len(noted["saved"]) == measured.size else "stopped"
        if outcome not in group.attrs["scan_outcome"]:
            say("scan %d has %s and says %s" % (key, outcome, group.attrs["scan_outcome"]))
    return int(measured.sum())


def check_log(file, scans, say):
    seen = {}
    for row in file["RawData/Logger"][()]:
        words = pickle.loads(row.tobytes()).split(" - torture - INFO - ")[1].split(" ")
        key, line = int(words[1]), int(words[3])
        if line != seen.get(key, 0):
            say("the log has line %d of scan %d after %d" % (line, key, seen.get(key, 0)))
        seen[key] = line + 1
    for key, noted in scans.items():
        if noted["lines"] is not None and seen.get(key, 0) != noted["lines"]:
            say("scan %d ended with %d lines of log, %d are there" % (key, noted["lines"], seen.get(key, 0)))


def check(request):
    faults = []
    say = faults.append
    scans = read_notes(request["notes"])
    points = 0
    try:
        with h5py.File(request["file"], "r") as file:
            groups = sorted(name for name in file["RawData"] if name.startswith("Scan"))
            for name in groups:
                group = file["RawData"][name]
                for attribute in ("TITLE", "scan_done", "scan_outcome", "settings"):
                    group.attrs[attribute]
            if len(groups) < len(scans):
                say("%d scans were begun, %d are there" % (len(scans), len(groups)))
            for key, noted in scans.items():
                points += check_scan(file[noted["group"]], key, noted, request.get("torn", False), say) or 0
            check_log(file, scans, say)
    except Exception as error:  # Whatever h5py says about a file is a fault of the file.
        say("%s: %s" % (type(error).__name__, error))
    return {"points": points, "scans": len(scans), "faults": faults}


for line in sys.stdin:
    print(json.dumps(check(json.loads(line))), flush=True)
