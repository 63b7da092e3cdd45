"""Programs of makers and of others for one protocol each, and what they do with its simulator.

Zaber Motion Library, thorlabs-apt-device, grbl-streamer, pyFirmata2 and pymodbus.
"""

from expectations import close, same, until


def place(address):
    """The device of a serial port, or host and port of a socket."""
    if address.startswith("serial:"):
        return address[len("serial:") :]
    host, port = address[len("tcp://") :].rsplit(":", 1)
    return host, int(port)


def zaber_motion(address):
    """By the maker of the stages. Its data base of devices is on the internet, so positions are in microsteps."""
    from zaber_motion.ascii import Connection
    from zaber_motion.exceptions import CommandFailedException

    where = place(address)
    opened = Connection.open_serial_port(where) if isinstance(where, str) else Connection.open_tcp(*where)
    with opened as connection:
        devices = connection.detect_devices(identify_devices=False)
        same([device.device_address for device in devices], [1], "addresses of devices")
        axis = devices[0].get_axis(1)
        try:
            axis.move_absolute(100)
            raise AssertionError("a move without a reference was not rejected")
        except CommandFailedException as rejected:
            print(rejected)
        axis.home()
        same(axis.is_homed(), True, "is_homed")
        axis.settings.set("maxspeed", 163840)
        close(axis.settings.get("maxspeed"), 163840, 0, "maxspeed")
        axis.move_absolute(20000)
        close(axis.get_position(), 20000, 1, "position")
        axis.move_relative(-5000, wait_until_idle=False)
        same(axis.is_busy(), True, "is_busy")
        axis.stop()
        same(axis.is_busy(), False, "is_busy")
        assert 15000 < axis.get_position() < 20000, "it stopped on its way"


def thorlabs_apt_device(address):
    from thorlabs_apt_device.devices.kdc101 import KDC101

    # Directions and switches as the document of the protocol has them, not as they turn out on some stages.
    stage = KDC101(serial_port=place(address), home=False, invert_direction_logic=False, swap_limit_switches=False)
    try:
        stage.identify()
        stage.set_enabled(True)
        until(lambda: stage.status["channel_enabled"], 3)
        stage.set_velocity_params(acceleration=2620, max_velocity=7_673_670)
        stage.home()
        until(lambda: stage.status["homed"] and not stage.status["homing"], 30)
        same(stage.status["position"], 0, "position")
        stage.move_absolute(34304)
        until(lambda: stage.status["moving_forward"], 3)
        until(lambda: stage.status["position"] == 34304 and not stage.status["moving_forward"], 10)
        close(stage.velparams["max_velocity"], 7_673_670, 2, "max_velocity")
        stage.move_relative(-340_000)
        until(lambda: stage.status["moving_reverse"], 3)
        stage.stop()
        until(lambda: not stage.status["moving_reverse"], 5)
        same(stage.status["motion_error"], False, "motion_error")
    finally:
        stage.close()


def grbl_streamer(address):
    from grbl_streamer import GrblStreamer

    told = []
    stage = GrblStreamer(lambda event, *data: told.append((event, data)))
    stage.cnect(place(address), 115200)
    try:
        until(lambda: stage.connected, 5)
        print(next(data[0] for event, data in told if event == "on_read"))
        stage.poll_start()
        until(lambda: stage.cmode == "Alarm", 5)
        stage.homing()
        until(lambda: stage.cmode == "Idle", 60)
        stage.send_immediately("$J=G53 X-5 F1000")
        until(lambda: stage.cmode == "Jog", 5)
        until(lambda: stage.cmode == "Idle", 20)
        close(stage.cmpos[0], -5, 0.01, "x")
        stage.send_immediately("$J=G53 X5000 F1000")
        until(lambda: any(event == "on_error" for event, _ in told), 5)
        same(next(data[0] for event, data in told if event == "on_error"), "error:15", "a target beyond the travel")
    finally:
        stage.disconnect()


def pyfirmata2(address):
    from pyfirmata2 import Arduino

    board = Arduino(place(address))
    try:
        seen = []
        board.samplingOn(20)
        # A board tells it when it is reset by opening its port, which no pseudo-terminal notices.
        board.send_sysex(0x79, [])
        until(lambda: board.firmware is not None, 5)
        same(board.firmware, "StandardFirmata.ino", "firmware")
        board.analog[1].register_callback(seen.append)
        board.analog[1].enable_reporting()
        until(lambda: len(seen) > 3, 5)
        close(seen[-1], 0.2, 0.002, "A1, a fifth of 5 V")
        board.get_pin("d:9:p").write(0.5)
        board.digital[13].write(1)
    finally:
        board.exit()


def pymodbus(address):
    from pymodbus import FramerType
    from pymodbus.client import ModbusSerialClient, ModbusTcpClient

    where = place(address)
    if isinstance(where, str):
        client = ModbusSerialClient(where, framer=FramerType.RTU, baudrate=9600, timeout=2)
    else:
        client = ModbusTcpClient(where[0], port=where[1], timeout=2)
    assert client.connect(), "it could not connect"
    try:
        answer = client.read_input_registers(1, count=2, device_id=1)
        number = client.convert_from_registers(answer.registers, client.DATATYPE.FLOAT32)
        close(number, 20, 0.5, "input registers 1 and 2, degC")
        assert not client.write_register(0, 300, device_id=1).isError(), "writing a register"
        same(client.read_holding_registers(0, count=1, device_id=1).registers, [300], "holding register 0")
        refused = client.read_holding_registers(5000, count=1, device_id=1)
        same(refused.exception_code, 2, "exception of a register that there is not")
    finally:
        client.close()


CASES = {
    ("zaber-motion", "zaber"): zaber_motion,
    ("thorlabs-apt-device", "thorlabs-apt"): thorlabs_apt_device,
    ("grbl-streamer", "grbl"): grbl_streamer,
    ("pyfirmata2", "firmata"): pyfirmata2,
    ("pymodbus", "modbus-tcp"): pymodbus,
    ("pymodbus", "modbus-rtu"): pymodbus,
}
