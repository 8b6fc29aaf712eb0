// What rules a candidate out before anything is computed: constraints of the requirement and lists that are complete.
import type { DeploymentMode } from "@cynosure/model";
import type { HostModel, PlaceKind } from "../host-model.ts";
import type { SiteCase } from "../site-case.ts";
import { availabilityIn } from "./availability.ts";
import type { Place } from "./places.ts";

export interface Violation {
  /** Name of the constraint. */
  readonly limit: string;
  reason(): string;
}

/** How a cluster may be run where its hosts come from; `service` is nowhere yet. */
const modesOf: Readonly<Record<PlaceKind, readonly DeploymentMode[]>> = { azure: ["customerTenant", "hosted"], bareMetal: ["customerTenant"], live: ["customerTenant"] };

/** The first acceptable mode that the place supports; null when there is none. */
export function deploymentModeAt({ constraints }: SiteCase, kind: PlaceKind): DeploymentMode | null {
  const supported = modesOf[kind];
  return constraints.deploymentModes.length === 0 ? (supported[0] ?? null) : (constraints.deploymentModes.find((mode) => supported.includes(mode)) ?? null);
}

function sizeListViolations({ constraints }: SiteCase, host: HostModel): Violation[] {
  const { allow, deny } = constraints.hostSizes;
  if (deny.includes(host.name)) return [{ limit: "host size list", reason: () => `constraints.hostSizes.deny has ${host.name}` }];
  return allow.length > 0 && !allow.includes(host.name) ? [{ limit: "host size list", reason: () => `constraints.hostSizes.allow lacks ${host.name}: it has ${allow.join(", ")}` }] : [];
}

function placeViolations(each: SiteCase, place: Place, host: HostModel): Violation[] {
  const { residencyCountries } = each.constraints;
  const { clients } = each.site;
  const found: Violation[] = [];
  const { region } = place;
  if (residencyCountries.length > 0 && region !== null && !residencyCountries.includes(region.country)) found.push({ limit: "residency", reason: () => `${place.name} is in ${region.country}, and data must stay in ${residencyCountries.join(", ")}` });
  if (host.size !== null && place.kind === "azure") {
    const availability = availabilityIn(host.size, place.name);
    if (availability.verdict === "absent") found.push({ limit: "size in region", reason: () => availability.evidence });
  }
  if (clients === null) return found;
  if (clients.location !== null && clients.location !== place.name) found.push({ limit: "clients' location", reason: () => `the clients are in ${clients.location ?? ""}, and the storage must be where they are` });
  const clientSize = clients.size === null ? undefined : each.index.sizes.get(clients.size);
  if (clientSize !== undefined && place.kind === "azure") {
    const availability = availabilityIn(clientSize, place.name);
    if (availability.verdict === "absent") found.push({ limit: "clients in region", reason: () => availability.evidence });
  }
  return found;
}

function hostViolations(each: SiteCase, host: HostModel): Violation[] {
  const { size, offer } = host;
  const found: Violation[] = [];
  const restriction = offer?.restriction ?? null;
  if (restriction !== null) found.push({ limit: "hosts on offer", reason: () => `${host.name} cannot be had now: ${restriction}` });
  if (size === null) return found;
  if (!each.constraints.ephemeralNvmeAllowed && size.drives.isEphemeral) found.push({ limit: "ephemeral NVMe", reason: () => `the drives of ${size.name} lose their data when a host is deallocated, and constraints.ephemeralNvmeAllowed is false` });
  if (each.site.fabric.kind === "infiniband" && !((size.infinibandGbps.value ?? 0) > 0)) found.push({ limit: "InfiniBand", reason: () => `no InfiniBand of ${size.name} is known (${size.infinibandGbps.source}, ${size.infinibandGbps.asOf}), and the clients' fabric is InfiniBand` });
  return found;
}

/** In the order of docs/reference/sizing-model.md; the first is the reason that is given. */
export function violationsOf(each: SiteCase, place: Place, host: HostModel): Violation[] {
  const mode = deploymentModeAt(each, place.kind);
  const modes: Violation[] = mode === null ? [{ limit: "deployment mode", reason: () => `${each.constraints.deploymentModes.join(", ")} asked for, and only ${modesOf[place.kind].join(" or ")} can be had in ${place.name}` }] : [];
  return [...sizeListViolations(each, host), ...placeViolations(each, place, host), ...hostViolations(each, host), ...modes];
}
