"""Tells libudev's listeners that devices come and go, as udevd does: Node has no netlink sockets.

Reads objects of JSON, one a line, and multicasts each as a message of libudev's monitor (version 0xfeedcafe, group 2).
"""

import json
import socket
import struct
import sys

HEADER_BYTES = 40
UDEV_GROUP = 2
KOBJECT_UEVENT = 15


def murmur2(data):
    """MurmurHash2 (A. Appleby) with seed 0, by which libudev filters."""
    multiplier, mask = 0x5BD1E995, 0xFFFFFFFF
    state = len(data)
    whole = len(data) // 4 * 4
    for (word,) in struct.iter_unpack("<I", data[:whole]):
        word = word * multiplier & mask
        word ^= word >> 24
        state = (state * multiplier & mask) ^ (word * multiplier & mask)
    rest = data[whole:]
    if rest:
        state = (state ^ int.from_bytes(rest, "little")) * multiplier & mask
    state = (state ^ state >> 13) * multiplier & mask
    return state ^ state >> 15


wire = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, KOBJECT_UEVENT)
wire.bind((0, 0))
for line in sys.stdin:
    properties = json.loads(line)
    body = b"".join(f"{name}={value}".encode() + b"\0" for name, value in properties.items())
    hashes = [murmur2(properties[name].encode()) for name in ("SUBSYSTEM", "DEVTYPE")]
    header = b"libudev\0" + struct.pack(">I", 0xFEEDCAFE) + struct.pack("=III", HEADER_BYTES, HEADER_BYTES, len(body))
    header += struct.pack(">II", *hashes) + struct.pack("=II", 0, 0)
    try:
        wire.sendto(header + body, (0, UDEV_GROUP))
    except ConnectionRefusedError:
        pass  # nobody listens
