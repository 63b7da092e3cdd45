"""What a program that drives a simulator expects to see; each prints what was seen."""

import time


def close(value, expected, tolerance, what):
    print(f"{what}: {value}")
    assert abs(value - expected) <= tolerance, f"{what} is {value}, not {expected} ± {tolerance}"


def same(value, expected, what):
    print(f"{what}: {value}")
    assert value == expected, f"{what} is {value!r}, not {expected!r}"


def until(condition, seconds):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, f"not within {seconds} s"
        time.sleep(0.05)
