// A moment of the model, in milliseconds, as the wire writes it.
export const isoTime = (ms: number): string => new Date(ms).toISOString();
