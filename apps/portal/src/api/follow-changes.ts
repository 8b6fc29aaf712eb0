// Follows the control plane's stream of changes for as long as it is wanted: reads, and begins again when it ends. It
// is read by fetch, because an EventSource can neither send the header that says "own page" nor tell a refusal.
import { apiVersion } from "@cynosure/sdk";
import { readChange } from "./changes.ts";
import type { Change } from "./changes.ts";
import { makeEventReader } from "./event-stream.ts";
import { ownPageHeaders } from "./session.ts";

export type ConnectionState = "connecting" | "live" | "lost" | "refused";

export interface ChangeListener {
  readonly onChange: (change: Change) => void;
  readonly onState: (state: ConnectionState) => void;
}

const AGAIN_MS_MIN = 500;
const AGAIN_MS_MAX = 10_000;
/** The server says something every 15 s; silence for longer is a dead connection. */
const SILENCE_MS_MAX = 40_000;

const pause = (ms: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      resolve();
    }, { once: true });
  });

/** Reads one stream to its end. Answers false when the server refused to give one. */
async function readStream(url: string, listener: ChangeListener, outer: AbortSignal): Promise<boolean> {
  const silence = new AbortController();
  const signal = AbortSignal.any([outer, silence.signal]);
  const heard = (): ReturnType<typeof setTimeout> => setTimeout(() => silence.abort(), SILENCE_MS_MAX);
  let timer = heard();
  try {
    const response = await fetch(url, { headers: { ...ownPageHeaders, accept: "text/event-stream" }, cache: "no-store", signal });
    if (!response.ok || response.body === null) return response.status >= 500;
    const next = makeEventReader();
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return true;
      clearTimeout(timer);
      timer = heard();
      for (const { event, data } of next(value)) {
        if (event === "hello") listener.onState("live");
        const change = event === "change" ? readChange(data) : undefined;
        if (change !== undefined) listener.onChange(change);
      }
    }
  } finally {
    clearTimeout(timer);
  }
}

export async function followChanges(subscriptionId: string, listener: ChangeListener, signal: AbortSignal): Promise<void> {
  const url = `/subscriptions/${subscriptionId}/providers/Cynosure.Storage/changes?api-version=${apiVersion}`;
  let again = AGAIN_MS_MIN;
  const inner: ChangeListener = {
    onChange: listener.onChange,
    onState: (state) => {
      if (state === "live") again = AGAIN_MS_MIN;
      listener.onState(state);
    },
  };
  while (!signal.aborted) {
    // A stream ends by itself every few minutes: only a failure to get the next one is a lost connection.
    const outcome = await readStream(url, inner, signal).then((wasGiven) => (wasGiven ? "ended" : "refused"), () => "lost" as const);
    if (signal.aborted) return;
    if (outcome !== "ended") listener.onState(outcome);
    await pause(again, signal);
    again = Math.min(again * 2, AGAIN_MS_MAX);
  }
}
