// What the neighbours offer through ARM, as data: counted from their published specifications and SDKs, as of the
// snapshots named in `source`. "about" marks a count from names of examples, which may be off by a few.

export interface Neighbour {
  readonly name: string;
  readonly namespace: string;
  readonly source: string;
  readonly types: string;
  readonly operations: string;
  readonly actions: string;
  readonly replication: string;
  readonly quotas: string;
  readonly longWork: string;
  readonly etags: boolean;
  readonly softDelete: string;
  readonly nativeSurface: string;
  readonly lesson: string;
}

export const neighbours: readonly Neighbour[] = [
  {
    name: "Azure NetApp Files", namespace: "Microsoft.NetApp", source: "Azure/azure-rest-api-specs, stable 2025-12-01",
    types: "12, and 4 that are only read", operations: "about 108, 31 of them on volumes", actions: "26 on volumes",
    replication: "authorize, break, resync, reinitialize, status", quotas: "rules per user and group, a report", longWork: "operations by status URL", etags: true, softDelete: "backups",
    nativeSurface: "ONTAP 9 REST: not counted", lesson: "Its replication verbs and quota report are the ones to match; its free-text provisioningState is not.",
  },
  {
    name: "Azure Managed Lustre", namespace: "Microsoft.StorageCache", source: "Azure/azure-rest-api-specs, 2026-01-01 and 2026-08-01",
    types: "6", operations: "34, and 4 shared", actions: "archive, cancelArchive, subnet checks",
    replication: "none", quotas: "none", longWork: "jobs as resources of their own", etags: false, softDelete: "none",
    nativeSurface: "no REST", lesson: "Work of days is a resource with its own state, not an operation to poll.",
  },
  {
    name: "Pure Storage Cloud", namespace: "PureStorage.Block", source: "@azure/arm-purestorageblock 1.0.0, stable 2024-11-01; preview 2026-05-01",
    types: "6; 10 in preview", operations: "38; 65 in preview", actions: "health, billing and connection read-outs, Azure VMware links",
    replication: "none", quotas: "limits of volume groups", longWork: "operations by status URL", etags: false, softDelete: "destroyed volumes with a date of eradication",
    nativeSurface: "497 methods on 220 resources", lesson: "Read-outs of health, billing and connection parameters belong to the resource.",
  },
  {
    name: "Qumulo", namespace: "Qumulo.Storage", source: "Azure/azure-rest-api-specs, stable 2024-06-19 and 2026-04-16",
    types: "1", operations: "7", actions: "none",
    replication: "none", quotas: "none", longWork: "operations by status URL", etags: false, softDelete: "none",
    nativeSurface: "469 methods on 302 endpoints", lesson: "A login URL in ARM leaves all work after the first day outside of it; a required password breaks GET and PUT.",
  },
  {
    name: "Dell PowerScale", namespace: "Dell.Storage", source: "Azure/azure-rest-api-specs, stable 2025-03-21",
    types: "1", operations: "7", actions: "none",
    replication: "none", quotas: "none", longWork: "operations by status URL", etags: false, softDelete: "none",
    nativeSurface: "1,085 operations on 634 paths", lesson: "As above.",
  },
];
