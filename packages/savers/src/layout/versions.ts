/** PyMoDAQ's releases whose layout is written. */
export const PYMODAQ_VERSION = '5.0.0';
export const PYMODAQ_DATA_VERSION = '5.0.5';
/** This package's own version. */
export const DAQTOR_VERSION = '0.1.0';
