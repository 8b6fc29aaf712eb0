// Known advisories: asks the registry through npm, and compares what it names with what is explained. A
// registry that serves no advisories is told apart from one that has none.
import { spawnSync } from "node:child_process";
import type { Exceptions } from "./lock-file.ts";

export type AuditOutcome =
  | { readonly kind: "answered"; readonly found: readonly Advisory[] }
  | { readonly kind: "notOffered"; readonly reason: string };

export interface Advisory {
  readonly package: string;
  readonly id: string;
  readonly title: string;
  readonly severity: string;
}

interface Report {
  readonly vulnerabilities?: Readonly<Record<string, { readonly name: string; readonly via: readonly (string | { readonly source?: number; readonly url?: string; readonly title?: string; readonly severity?: string; readonly name?: string })[] }>>;
  readonly statusCode?: number;
  readonly message?: string;
}

const NOT_OFFERED = [404, 405, 501];

/** What `npm audit --json` printed. Throws when it is neither advisories nor a registry without them: then nobody knows. */
export function readAudit(printed: string): AuditOutcome {
  const report = JSON.parse(printed.slice(printed.indexOf("{"), printed.lastIndexOf("}") + 1)) as Report; // npm's own format; each field is looked at before use
  if (report.vulnerabilities === undefined) {
    const status = report.statusCode ?? Number(/^(\d{3}) /.exec(report.message ?? "")?.[1]);
    if (NOT_OFFERED.includes(status)) return { kind: "notOffered", reason: `the registry this machine uses serves no advisories (status ${status})` };
    throw new Error(`npm audit did not answer: ${(report.message ?? printed).slice(0, 300)}. Try again, or use another registry.`);
  }
  const found = Object.values(report.vulnerabilities).flatMap(({ name, via }) =>
    via.flatMap((each) => (typeof each === "string" ? [] : [{ package: each.name ?? name, id: /GHSA-[\w-]+/.exec(each.url ?? "")?.[0] ?? String(each.source ?? ""), title: each.title ?? "", severity: each.severity ?? "" }])),
  );
  return { kind: "answered", found };
}

export function runAudit(root: string): AuditOutcome {
  const run = spawnSync("npm", ["audit", "--json", "--audit=true"], { cwd: root, encoding: "utf8", timeout: 120_000, maxBuffer: 64 * 1024 * 1024 });
  return readAudit(run.stdout);
}

/** `today` is an ISO date: an explanation ends on its day. */
export function checkAudit(outcome: AuditOutcome, exceptions: Exceptions, today: string): readonly string[] {
  if (outcome.kind === "notOffered") return [];
  return outcome.found.flatMap((advisory) => {
    const explained = exceptions.advisories.find((each) => each.package === advisory.package && each.id === advisory.id);
    const what = `${advisory.package}: ${advisory.id} (${advisory.severity}) ${advisory.title}`;
    if (explained === undefined) return [`${what}: update the package, or explain in exceptions.json why it cannot be reached, and until when`];
    return explained.until >= today ? [] : [`${what}: the explanation ended on ${explained.until}; look again`];
  });
}
