// provisioningState and operation status words (S1): three terminal ones, everything else is on its way.

export const TERMINAL_STATES = ["Succeeded", "Failed", "Canceled"] as const;
export type TerminalState = (typeof TERMINAL_STATES)[number];

/** An absent state counts as Succeeded. */
export const isTerminalState = (state: string | undefined): boolean => state === undefined || (TERMINAL_STATES as readonly string[]).includes(state);
