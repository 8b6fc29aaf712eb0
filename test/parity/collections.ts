// The twelve collections that both views are compared over, with what makes and changes one of each.
import type { Json } from "./emulated-views.ts";

export interface ComparedCollection {
  readonly native: string;
  readonly armType: string;
  /** Of the n-th object; its name is given by whoever makes it. */
  create(n: number): Json;
  /** What a change sends; differs from what was there. */
  change(n: number): Json;
  readonly canRename: boolean;
}

const names = { views: "vastViews" } as const;
const of = (native: string, create: (n: number) => Json, change: (n: number) => Json, canRename = true): ComparedCollection => ({ native, armType: native === "views" ? names.views : `vast${native.charAt(0).toUpperCase()}${native.slice(1)}`, create, change, canRename });

const HOUR_S = 3_600;

export const comparedCollections: readonly ComparedCollection[] = [
  of("tenants", () => ({}), (n) => ({ domain_name: `d${n}.example` }), false),
  of("views", (n) => ({ path: `/v${n}`, policy_id: 1, tenant_id: 1, create_dir: true }), (n) => ({ alias: `/alias${n}`, abe_max_depth: n })),
  of("viewpolicies", () => ({ flavor: "NFS" }), (n) => ({ gid_inheritance: n % 2 === 0 ? "BSD" : "LINUX", apple_sid: n % 2 === 0 })),
  of("vippools", (n) => ({ subnet_cidr: 24, ip_ranges: [[`10.0.${n % 250}.1`, `10.0.${n % 250}.9`]] }), (n) => ({ gw_ip: `10.1.0.${n % 250}` })),
  of("quotas", (n) => ({ path: `/q${n}`, hard_limit: 1_000_000 }), (n) => ({ hard_limit: 1_000_000 + n, soft_limit: 1_000 })),
  of("qospolicies", () => ({ mode: "STATIC" }), (n) => ({ is_gold: n % 2 === 0, static_limits: { max_reads_bw_mbps: n } }), false),
  of("snapshots", (n) => ({ path: `/s${n}` }), (n) => ({ expiration_time: new Date(Date.UTC(2099, 0, 1) + n * HOUR_S * 1_000).toISOString() })),
  of("protectionpolicies", () => ({ clone_type: "LOCAL", prefix: "p", frames: [{ every: "1h", "keep-local": "2h" }] }), (n) => ({ prefix: `p${n}` })),
  of("protectedpaths", (n) => ({ source_dir: `/pp${n}`, target_exported_dir: `/t${n}`, tenant_id: 1 }), (n) => ({ lease_expiry_time: n })),
  of("nativereplicationremotetargets", (n) => ({ leading_vip: `10.2.0.${n % 250}`, pool_id: 1 }), (n) => ({ mss: 1_000 + n })),
  of("globalsnapstreams", () => ({ loanee_root_path: "/g", loanee_tenant_id: 1 }), (n) => ({ enabled: n % 2 === 0 })),
  of("users", (n) => ({ local_provider_id: 1, uid: 20_000 + n, password: "Hidden-word-17" }), (n) => ({ gids: [n, n + 1] }), false),
];
