/** Loaded before a program: its clock is ahead of this machine's by so many milliseconds, or behind. */
const shiftMs = Number(process.env.AEGIS_TEST_CLOCK_SHIFT_MS ?? 0);
const Real = Date;

globalThis.Date = class extends Real {
  constructor(...args) {
    if (args.length === 0) super(Real.now() + shiftMs);
    else super(...args);
  }

  static now() {
    return Real.now() + shiftMs;
  }
};
