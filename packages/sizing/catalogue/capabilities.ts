// The register of capabilities: what is asked for, in preview, generally available, or verified, with date and source.
// `verified` is for what this project measured on the real thing; nothing of Azure is yet.
import type { Capability } from "@cynosure/model";
import { capacityReservation, dedicatedHosts, guestRdma, isolation, maintenance, mana, mtu, networkThroughput, retiredSizes, seriesPage, v5Digest } from "./pages.ts";
import type { Page } from "./sourced.ts";

const capability = (name: string, subject: string, status: Capability["status"], statement: string, page: Page): Capability => ({ name, subject, status, statement, source: page.source, asOf: page.asOf });
const laosv5Page = seriesPage("storage-optimized", "laosv5-series.md", "324cc66", "2026-08-18");
const hbv5Page = seriesPage("high-performance-compute", "hbv5-series-overview.md", "afa7bbe", "2026-09-25");

export const capabilities: readonly Capability[] = [
  capability("rdma-in-guest", "L-series", "unknown", "No page of the L family lists RDMA or InfiniBand. Take TCP between hosts and to clients.", laosv5Page),
  capability("guest-rdma-azure-boost", "MANA adapters", "preview", "RDMA between guests over Azure Boost adapters, announced in preview with up to 100 Gb/s a connection; series and regions are not published. Verify before relying on it.", guestRdma),
  capability("mana-rdma-driver", "MANA adapters", "unknown", "RDMA and DPDK need Linux 6.2 or later. The page does not say on which sizes RDMA is switched on.", mana),
  capability("infiniband", "HB, HX and ND sizes", "ga", "Between sizes of one series in one scale set with a single placement group, at most 300 VMs a job. Not to storage hosts: those are reached over the Ethernet front end.", hbv5Page),
  capability("mtu-1500", "all sizes", "ga", "The default.", mtu),
  capability("mtu-3900", "ConnectX adapters", "ga", "Largest inside a virtual network; not ensured through peerings and gateways.", mtu),
  capability("mtu-9000", "MANA adapters", "preview", "Largest inside a virtual network, marked as a preview in the version read.", mtu),
  capability("egress-metering", "all sizes", "ga", "Bandwidth is metered on what leaves a VM, over all adapters and destinations; more adapters do not raise it. What comes in is neither metered nor limited directly.", networkThroughput),
  capability("size-l160iaos-v5", "Standard_L160iaos_v5", "ga", "200 Gb/s, 138 TB in 9 drives: the largest storage size.", v5Digest),
  capability("size-l128aos-v5", "Standard_L128aos_v5", "ga", "150 Gb/s, 92 TB in 6 drives.", v5Digest),
  capability("size-l160ias-v5", "Standard_L160ias_v5", "ga", "200 Gb/s, 31 TB in 8 drives.", v5Digest),
  capability("size-l192", "any L size of 192 vCPUs", "unknown", "Named in no document read. Say it as a hypothetical size in a file of your own.", laosv5Page),
  capability("capacity-reservation", "Lsv3, Lasv3, Lasv4, Laosv4", "ga", "On demand, billed at the VM's rate whether used or not, counts against quota; not together with proximity placement groups.", capacityReservation),
  capability("capacity-reservation", "Lsv4", "notOffered", "Not in the list of supported series.", capacityReservation),
  capability("capacity-reservation", "Lasv5, Laosv5", "unknown", "The list is older than these series.", capacityReservation),
  capability("capacity-reservation", "HB, HC, ND", "notOffered", "The page says: currently not available.", capacityReservation),
  capability("dedicated-hosts", "Lsv3, Lasv3", "ga", "Lsv3-Type1 and Lasv3-Type1: one 48-, 64- or 80-vCPU size a host.", dedicatedHosts),
  capability("dedicated-hosts", "Lsv4, Lasv4, Laosv4, Lasv5, Laosv5", "unknown", "None is listed.", dedicatedHosts),
  capability("isolated-sizes", "Standard_L160ias_v5, Standard_L160iaos_v5", "unknown", "The name says isolated; the list of isolated sizes is older. They would end with their hardware, with 12 months' notice.", isolation),
  capability("memory-preserving-updates", "L-series", "unknown", "Series pages say supported, this page says that they do not work for G, L, N and H. Ask Resource SKUs: MemoryPreservingMaintenanceSupported.", maintenance),
  capability("live-migration", "L-series", "notOffered", "Series pages: not supported.", laosv5Page),
  capability("retirement", "Lsv2", "ga", "Ends on 2028-11-15 (Ls: 2028-05-01). Lsv3 and Lasv3 are not listed.", retiredSizes),
];
