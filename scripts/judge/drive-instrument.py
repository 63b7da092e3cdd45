"""Drives a simulated instrument with a program that we did not write.

Usage: drive-instrument.py PROGRAM INSTRUMENT ADDRESS

PROGRAM is pyvisa, pymeasure, or one of drive_by_makers and drive_spectrometer; ADDRESS as `daqtor sim` says it. Prints what was seen. Exit code 0: all as it should be.
"""

import math
import sys
import time
import warnings

import drive_by_makers
import drive_spectrometer
import pyvisa
from expectations import close, same, until

warnings.simplefilter("ignore")


def resource(address):
    """The name of a wire in VISA."""
    if address.startswith("tcp://"):
        host, port = address[len("tcp://") :].rsplit(":", 1)
        return f"TCPIP0::{host}::{port}::SOCKET"
    if address.startswith("usb://"):
        ids, serial = address[len("usb://") :].split("/")
        vendor, product = ids.split(":")
        return f"USB0::0x{vendor}::0x{product}::{serial}::INSTR"
    return f"ASRL{address[len('serial:'):]}::INSTR"


# --- pyvisa: the protocols by hand -------------------------------------------------------------------------------


def opened(address, end, answer_end=None):
    wire = pyvisa.ResourceManager("@py").open_resource(resource(address))
    wire.timeout = 4000
    wire.write_termination = end
    wire.read_termination = answer_end or end
    return wire


def visa_scpi(address, model, setup, question, expected, tolerance):
    wire = opened(address, "\n")
    identity = wire.query("*IDN?")
    print(identity.strip())
    assert model in identity, identity
    wire.write("*CLS")
    for command in setup:
        wire.write(command)
    close(float(wire.query(question).split(",")[0]), expected, tolerance, question)
    assert wire.query(":SYST:ERR?").split(",")[0].strip() in ("0", "+0"), "an error where none was made"
    wire.write(":NO:SUCH:COMMAND 1")
    error = wire.query(":SYST:ERR?")
    print(error.strip())
    assert error.startswith("-113"), f"an unknown command is {error!r}"
    assert int(wire.query("*ESR?")) & 32, "an unknown command sets bit 5 of *ESR?"


def visa_rigol(address):
    wire = opened(address, "\n")
    print(wire.query("*IDN?").strip())
    for command in (":CHAN1:DISP ON", ":WAV:SOUR CHAN1", ":WAV:MODE NORM", ":WAV:FORM BYTE"):
        wire.write(command)
    preamble = [float(text) for text in wire.query(":WAV:PRE?").split(",")]
    wire.write(":STOP")
    counts = wire.query_binary_values(":WAV:DATA?", datatype="B")
    same(len(counts), int(preamble[2]), "points")
    yincrement, yorigin, yreference = preamble[7:10]
    volts = [(count - yorigin - yreference) * yincrement for count in counts]
    close(max(volts), 1, 0.1, "largest voltage")
    close(min(volts), -1, 0.1, "smallest voltage")


def visa_smc100(address):
    wire = opened(address, "\r\n")
    same(wire.query("1TS?")[:3], "1TS", "answer to 1TS?")
    wire.write("1OR")
    until(lambda: wire.query("1TS?")[-2:] in ("32", "33", "34"), 30)
    wire.write("1PA0.5")
    until(lambda: wire.query("1TS?")[-2:] == "33", 20)
    close(float(wire.query("1TP?")[3:]), 0.5, 0.01, "position")
    same(wire.query("1TE?").strip(), "1TE@", "error")


def visa_zaber(address):
    wire = opened(address, "\n", "\r\n")
    same(wire.query("/1 0 get deviceid").split()[2], "OK", "reply to deviceid")
    wire.query("/1 1 home")
    until(lambda: " IDLE " in wire.query("/1 1"), 30)
    reply = wire.query("/1 1 move abs 10000")
    same(reply.split()[2:4], ["OK", "BUSY"], "reply to a move")
    until(lambda: " IDLE " in wire.query("/1 1"), 10)
    close(float(wire.query("/1 1 get pos").split()[-1]), 10000, 1, "position")


def visa_prologix(address):
    """The bus as PyVISA-py has it: the adapter is an interface, the instruments are on it."""
    manager = pyvisa.ResourceManager("@py")
    host, port = address[len("tcp://") :].rsplit(":", 1)
    with manager.open_resource(f"PRLGX-TCPIP0::{host}::{port}::INTFC") as bus:
        # PyVISA-py has the adapter wait for 50 ms only, and never again: too short for a reading.
        bus.write("++read_tmo_ms 2000")
        meter = manager.open_resource("GPIB0::16::INSTR")
        assert "MODEL 2000" in meter.query("*IDN?")
        other = manager.open_resource("GPIB0::24::INSTR")
        assert "MODEL 2400" in other.query("*IDN?")
        meter.write(":CONF:VOLT:DC")
        meter.write(":SENS:VOLT:DC:NPLC 0.1")
        close(float(meter.query(":READ?")), 1.25, 0.06, ":READ?")


def visa_grbl(address):
    wire = opened(address, "\n", "\r\n")
    wire.write("$H")
    until(lambda: wire.read().strip() == "ok", 1)
    wire.write("$J=G53 X-5 F1000")
    until(lambda: wire.read().strip() == "ok", 1)

    def status():
        wire.write_raw(b"?")
        return wire.read().strip()

    until(lambda: status().startswith("<Idle|"), 20)
    text = status()
    close(float(text.split("MPos:")[1].split(",")[0]), -5, 0.01, "x")


# --- pymeasure: its drivers -------------------------------------------------------------------------------------


def adapter(address, end="\n", answer_end=None):
    from pymeasure.adapters import VISAAdapter

    ends = {"write_termination": end, "read_termination": answer_end or end, "timeout": 5000}
    return VISAAdapter(resource(address), visa_library="@py", **ends)


def measure_keithley2000(address):
    from pymeasure.instruments.keithley import Keithley2000

    meter = Keithley2000(adapter(address))
    meter.mode = "voltage"
    meter.voltage_nplc = 0.1
    close(meter.voltage_nplc, 0.1, 0, "voltage_nplc")
    close(meter.voltage, 1.25, 0.06, "voltage")


def measure_prologix(address):
    from pymeasure.adapters import PrologixAdapter
    from pymeasure.instruments.hp import HP34401A
    from pymeasure.instruments.keithley import Keithley2000
    from pymeasure.instruments.srs import SR830

    ends = {"read_termination": "\n", "write_termination": "\n", "timeout": 5000}
    bus = PrologixAdapter(resource(address), 16, visa_library="@py", gpib_read_timeout=2000, **ends)
    assert "Prologix" in bus.version
    time.sleep(1)
    meter, lock_in, other = Keithley2000(bus), SR830(bus.gpib(8)), HP34401A(bus.gpib(22))
    meter.mode = "voltage"
    meter.voltage_nplc = 0.1
    for _ in range(3):
        close(meter.voltage, 1.25, 0.06, "voltage")
        close(lock_in.y, 0.5e-3, 1e-5, "y")
        other.function_ = "DCV"
        same(other.function_, "DCV", "function_")


def measure_keithley2400(address):
    from pymeasure.instruments.keithley import Keithley2400

    source = Keithley2400(adapter(address))
    source.write("*RST")
    source.source_mode = "voltage"
    source.compliance_current = 0.01
    close(source.compliance_current, 0.01, 1e-9, "compliance_current")
    source.source_voltage = 2
    source.enable_source()
    source.write(":FORM:ELEM CURR")
    close(float(source.ask(":READ?")), 0.002, 2e-5, "current through 1 kΩ at 2 V")
    source.disable_source()


def measure_hp34401a(address):
    from pymeasure.instruments.hp import HP34401A

    meter = HP34401A(adapter(address))
    meter.write("SYST:REM")
    meter.function_ = "DCV"
    same(meter.function_, "DCV", "function_")
    meter.nplc = 0.2
    close(meter.nplc, 0.2, 0, "nplc")
    close(meter.reading, 1.25, 0.001, "reading")


def measure_sr830(address):
    from pymeasure.instruments.srs import SR830

    lock_in = SR830(adapter(address, "\r"))
    lock_in.write("OUTX 0")
    lock_in.sensitivity = 5e-3
    close(lock_in.sensitivity, 5e-3, 0, "sensitivity")
    lock_in.time_constant = 10e-3
    close(lock_in.time_constant, 10e-3, 0, "time_constant")
    lock_in.filter_slope = 24
    same(lock_in.filter_slope, 24, "filter_slope")
    time.sleep(0.3)
    close(lock_in.x, 1e-3 * math.cos(math.pi / 6), 1e-6, "x")
    close(lock_in.y, 0.5e-3, 1e-6, "y")
    x, y, frequency = lock_in.snap("x", "y", "frequency")
    close(x, 1e-3 * math.cos(math.pi / 6), 1e-6, "x of snap")
    close(frequency, 1000, 0, "frequency of snap")
    lock_in.lia_status
    lock_in.sensitivity = 2e-6
    time.sleep(0.1)
    lock_in.x
    assert lock_in.lia_status & 4, "an overload of the output is bit 2 of LIAS?"


def measure_sr860(address):
    from pymeasure.instruments.srs import SR860

    lock_in = SR860(adapter(address))
    lock_in.sensitivity = 5e-3
    close(lock_in.sensitivity, 5e-3, 0, "sensitivity")
    lock_in.time_constant = 10e-3
    close(lock_in.time_constant, 10e-3, 0, "time_constant")
    lock_in.input_range = "100M"
    same(lock_in.input_range, "100M", "input_range")
    time.sleep(0.3)
    close(lock_in.x, 1e-3 * math.cos(math.pi / 6), 1e-6, "x")
    x, y = lock_in.snap("X", "Y")[:2]
    close(y, 0.5e-3, 1e-6, "y of snap")


def measure_lake_shore_335(address):
    from pymeasure.instruments.lakeshore import LakeShore3xx

    controller = LakeShore3xx(adapter(address, "\r\n"))
    close(controller.input_A.kelvin, 77, 5, "kelvin of A")
    controller.output_1.setpoint = 80
    close(controller.output_1.setpoint, 80, 0, "setpoint of 1")
    controller.output_1.range = "medium"
    same(controller.output_1.range, "medium", "range of 1")


def measure_esp301(address):
    from pymeasure.instruments.newport import ESP300

    stage = ESP300(adapter(address, "\r", "\r\n"))
    stage.clear_errors()
    stage.x.enable()
    same(stage.x.enabled, True, "enabled")
    stage.x.home(1)
    until(lambda: stage.x.motion_done, 60)
    stage.x.position = 0.25
    until(lambda: stage.x.motion_done, 20)
    close(stage.x.position, 0.25, 0.001, "position")
    same([str(error) for error in stage.errors], [], "errors")
    same(stage.x.units, "millimeter", "units")


CASES = drive_by_makers.CASES | drive_spectrometer.CASES | {
    ("pyvisa", "keithley2000"): lambda at: visa_scpi(at, "MODEL 2000", [":CONF:VOLT:DC"], ":READ?", 1.25, 0.06),
    ("pyvisa", "keithley2400"): lambda at: visa_scpi(
        at, "MODEL 2400", ["*RST", ":SOUR:VOLT 1", ":SENS:CURR:PROT 0.01", ":OUTP 1"], ":READ?", 1, 0.001
    ),
    ("pyvisa", "hp34401a"): lambda at: visa_scpi(
        # SYST:REM is a command of RS-232 only.
        at, "34401A", [] if at.startswith("usb:") else ["SYST:REM"], "MEAS:VOLT:DC?", 1.25, 0.001
    ),
    ("pyvisa", "rigol-ds1000z"): visa_rigol,
    ("pyvisa", "smc100"): visa_smc100,
    ("pyvisa", "zaber"): visa_zaber,
    ("pyvisa", "grbl"): visa_grbl,
    ("pyvisa", "prologix"): visa_prologix,
    ("pymeasure", "keithley2000"): measure_keithley2000,
    ("pymeasure", "keithley2400"): measure_keithley2400,
    ("pymeasure", "hp34401a"): measure_hp34401a,
    ("pymeasure", "sr830"): measure_sr830,
    ("pymeasure", "sr860"): measure_sr860,
    ("pymeasure", "lake-shore-335"): measure_lake_shore_335,
    ("pymeasure", "esp301"): measure_esp301,
    ("pymeasure", "prologix"): measure_prologix,
}

if __name__ == "__main__":
    if sys.argv[1:] == ["--list"]:
        for program, instrument in CASES:
            print(program, instrument)
    else:
        program, instrument, address = sys.argv[1:]
        CASES[program, instrument](address)
