import { readdir } from 'node:fs/promises';

/** What the system tells of a serial port. Ids are four hexadecimal digits in lower case. */
export interface SerialPortInfo {
  readonly path: string;
  readonly vendorId?: string | undefined;
  readonly productId?: string | undefined;
  readonly serialNumber?: string | undefined;
  readonly maker?: string | undefined;
}

export interface SerialPortList {
  readonly ports: readonly SerialPortInfo[];
  /** Why there is less than there could be, if so. */
  readonly note: string | undefined;
}

/** Serial ports of this machine, as far as it tells; where the system refuses to list them, by their names. */
export async function listSerialPorts(dev = '/dev', list = listBySystem): Promise<SerialPortList> {
  try {
    return { ports: (await list()).map(infoOf), note: undefined };
  } catch (error) {
    // Where udev is missing, listing is refused; the names of the devices are a fair substitute.
    const names = await readdir(dev).catch(() => []);
    const ports = names.filter((name) => /^(tty(USB|ACM|AMA)|cu\.)/.test(name)).sort();
    const message = error instanceof Error ? error.message : String(error);
    const advice = /udevadm/.test(message) ? 'install udev to have them' : 'only the names of the ports are known';
    return {
      ports: ports.map((name) => ({ path: `${dev}/${name}` })),
      note: `the system does not tell vendors and serial numbers of serial ports (${message}): ${advice}`,
    };
  }
}

interface ListedPort {
  readonly path: string;
  readonly vendorId?: string | undefined;
  readonly productId?: string | undefined;
  readonly serialNumber?: string | undefined;
  readonly manufacturer?: string | undefined;
}

async function listBySystem(): Promise<readonly ListedPort[]> {
  const { SerialPort } = await import('serialport');
  return SerialPort.list();
}

function infoOf({ path, vendorId, productId, serialNumber, manufacturer }: ListedPort): SerialPortInfo {
  return {
    path,
    vendorId: vendorId?.toLowerCase(),
    productId: productId?.toLowerCase(),
    serialNumber,
    maker: manufacturer,
  };
}
