// Spans and points of time in words. Pure: the caller says what time it is.

const pad = (value: number): string => String(value).padStart(2, "0");

/** 0.4 s, 12 s, 3 min 05 s, 2 h 07 min, 3 d 4 h */
export function durationWords(ms: number): string {
  if (ms < 0) return "0 s";
  if (ms < 10_000) return `${(ms / 1000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${pad(seconds % 60)} s`;
  const hours = Math.floor(minutes / 60);
  return hours < 24 ? `${hours} h ${pad(minutes % 60)} min` : `${Math.floor(hours / 24)} d ${hours % 24} h`;
}

/** From the one to the other, or to now; undefined when it has not begun. */
export function spanWords(startedAt: string | undefined, finishedAt: string | undefined, nowMs: number): string | undefined {
  if (startedAt === undefined) return undefined;
  return durationWords((finishedAt === undefined ? nowMs : Date.parse(finishedAt)) - Date.parse(startedAt));
}

/** A moment in the reader's own time zone. */
export const momentWords = (at: string | number): string => new Date(at).toLocaleString(undefined, { dateStyle: "medium", timeStyle: "medium" });
