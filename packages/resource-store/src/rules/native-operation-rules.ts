// How long writes that an engine goes on with by itself are known: old ones go when the next one is added, so that they do not
// grow for ever.
const DAY_MS = 24 * 60 * 60_000;

/** Clients may ask for an operation a day after it ended (L8); a week leaves room for those who come back after a holiday. */
export const NATIVE_OPERATION_KEPT_MS = 7 * DAY_MS;
/** An operation ends when somebody asks for it and hears that the engine has ended. One that nobody asked for is given up so long after its start. */
export const NATIVE_OPERATION_UNENDED_KEPT_MS = 30 * DAY_MS;
