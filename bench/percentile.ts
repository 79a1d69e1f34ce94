/** The value below which this share of the sorted times lies; NaN where there are none. */
export const percentile = (times: Float64Array, share: number): number =>
  times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? Number.NaN;
