// What the live view shows of a delivery, gathered from the ARM API (operation, plan, hosts). Pure data;
// the renderer and the plain-line printer both read it and nothing else.

export type StepStatus = "pending" | "ready" | "running" | "done" | "failed" | "canceled";

export interface ProgressStep {
  readonly id: string;
  readonly title: string;
  readonly status: StepStatus;
  readonly waitingOn: string | null;
  readonly startedAtMs: number | null;
  readonly finishedAtMs: number | null;
  readonly error: string | null;
}

export interface ProgressHost {
  readonly hostId: string;
  /** In the service's words: absent, created, joined, converging, converged, failed. */
  readonly state: string;
  readonly daemonsRunning: number;
  readonly daemonsTotal: number;
  readonly activity: string | null;
}

export interface ProgressState {
  /** What is being done: "create proof-of-concept". */
  readonly title: string;
  readonly isSimulated: boolean;
  readonly isEmulated?: boolean | undefined;
  readonly nowMs: number;
  readonly startedAtMs: number;
  readonly hosts: readonly ProgressHost[];
  readonly steps: readonly ProgressStep[];
  /** What nothing in the plan says yet, for example "the control plane to accept the change". */
  readonly waitingOn: string | null;
}
