// Days of the calendar as people write them, without a clock.

const MS_PER_DAY = 86_400_000;

/** Days since 1970-01-01 of a YYYY-MM-DD; null for what is no day, such as 2027-02-30. */
export function dayOf(date: string): number | null {
  const parsed = /^\d{4}-\d{2}-\d{2}$/.test(date) ? Date.parse(`${date}T00:00:00Z`) : Number.NaN;
  return Number.isNaN(parsed) || new Date(parsed).toISOString().slice(0, 10) !== date ? null : parsed / MS_PER_DAY;
}
