"""python-seabreeze, the public driver of Ocean Optics' spectrometers, and whether it reads what Daqtor's own driver reads.

It comes as two programs that share no code: one in Python on PyUSB (pyseabreeze), and the maker's library in C++ (cseabreeze).
"""

import json
import math
import subprocess

from expectations import close, same

DARK_COUNTS = 1500
"""Variance of what is read of a pixel without light."""
READ_VARIANCE = 64


def daqtor(address, times):
    """What Daqtor's own driver reads of the spectrometer with each of these integration times in ms."""
    command = ["node", "--import", "tsx", "scripts/judge/read-spectrometer.mjs", address, *map(str, times)]
    return json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, timeout=30).stdout)


def alike(theirs, ours, what):
    """Spectra of the same light: they differ by shot noise and read noise only."""
    same(len(theirs), len(ours), f"pixels of {what}")
    worst = max(
        abs(a - b) / math.sqrt(2 * READ_VARIANCE + 2 * max(0, a - DARK_COUNTS, b - DARK_COUNTS))
        for a, b in zip(theirs, ours)
    )
    close(worst, 0, 7, f"largest difference of {what}, in standard deviations")


def seabreeze_by(backend):
    def drive(address):
        import seabreeze

        seabreeze.use(backend)
        from seabreeze.spectrometers import Spectrometer

        serial = address.rsplit("/", 1)[1].replace("%2B", "+")
        theirs = Spectrometer.from_serial_number(serial)
        try:
            same(theirs.model, "USB2000PLUS", "model")
            same(theirs.serial_number, serial, "serial number")
            close(theirs.max_intensity, 65535, 0, "largest count")
            wavelengths = list(theirs.wavelengths())
            spectra = {}
            # The first after a change may be one of before.
            for milliseconds in (20, 40):
                theirs.integration_time_micros(1000 * milliseconds)
                theirs.intensities()
                spectra[milliseconds] = list(theirs.intensities())
            close(list(theirs.f.nonlinearity_coefficients.get_nonlinearity_coefficients())[0], 1, 0, "nonlinearity")
        finally:
            theirs.close()
        ours = daqtor(address, spectra)
        same(ours["identity"], f"Ocean Optics USB2000+, serial {serial}", "identity")
        worst = max(abs(a - b) for a, b in zip(wavelengths, ours["wavelengths"], strict=True))
        close(worst, 0, 1e-9, "largest difference of wavelengths, nm")
        for milliseconds, counts in spectra.items():
            alike(counts, ours["spectra"][str(milliseconds)], f"spectra of {milliseconds} ms")

    return drive


CASES = {
    ("pyseabreeze", "ocean-usb2000plus"): seabreeze_by("pyseabreeze"),
    ("cseabreeze", "ocean-usb2000plus"): seabreeze_by("cseabreeze"),
}
