// The shape of `control-plane.json` in the data directory: written by the control plane, read by clients.

export interface ControlPlaneRecord {
  readonly url: string;
  readonly port: number;
  readonly caPath: string;
  /** Null after an orderly stop. */
  readonly pid: number | null;
  readonly startTicks: number | null;
  readonly bootId: string | null;
  readonly installationId: string;
  readonly rung: string;
  readonly tenantId: string;
  readonly subscriptionId: string;
  readonly resourceGroup: string;
  readonly location: string;
}
