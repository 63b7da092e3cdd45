const two = (value: number): string => String(value).padStart(2, '0');

/** A moment by the clock on the wall, which is what PyMoDAQ writes. */
export interface LocalTime {
  /** `2026-01-31` */
  readonly date: string;
  /** `13:59:59.123000` */
  readonly time: string;
  /** Parts of dataset paths: `2026` and `20260131`. */
  readonly year: string;
  readonly day: string;
  /** `2026-01-31 13:59:59,123`, as Python's logging writes it. */
  readonly logStamp: string;
}

/** @param epochMs - milliseconds since 1970 */
export function localTime(epochMs: number): LocalTime {
  const at = new Date(epochMs);
  const [year, month, dayOfMonth] = [String(at.getFullYear()), two(at.getMonth() + 1), two(at.getDate())];
  const seconds = `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`;
  const ms = String(at.getMilliseconds()).padStart(3, '0');
  return {
    date: `${year}-${month}-${dayOfMonth}`,
    time: `${seconds}.${ms}000`,
    year,
    day: `${year}${month}${dayOfMonth}`,
    logStamp: `${year}-${month}-${dayOfMonth} ${seconds},${ms}`,
  };
}
