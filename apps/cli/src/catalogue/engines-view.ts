// `cynosure catalogue engines` as lines: what each engine needs and what a byte costs it, with sources, then the
// platform's limits and the judgements that a requirement may override.
import type { Catalogue, EngineModel, SizingAssumptions, Sourced } from "@cynosure/model";
import { labelled, sourcedLines, SourceNumbers } from "./sourced-lines.ts";

export function describeEngines({ engines, platform, assumptions }: Pick<Catalogue, "engines" | "platform" | "assumptions">): string[] {
  const numbers = new SourceNumbers();
  const line = sourcedLines(numbers);
  return [
    ...engines.flatMap((engine) => [...describeEngine(engine, numbers), ""]),
    "platform: azure", "",
    ...line("hosts of a scale set", platform.scaleSetHostsMax), ...line("fault domains of a zone", platform.faultDomainsPerZone), ...line("fault domains of a region", platform.faultDomainsPerRegion),
    ...line("large allocation", platform.largeAllocationVcpus, "vCPUs"), ...line("ARM writes at once", platform.writesBucket), ...line("ARM writes, then", platform.writesPerSecond, "a second"),
    ...line("VM creates at once", platform.vmCreatesBucket), ...line("VM creates, then", platform.vmCreatesPerMinute, "a minute"),
    "", "assumptions: overridden by `assumptions` of a requirement", "",
    // Its keys are those of the type.
    ...(Object.entries(assumptions) as [keyof SizingAssumptions, Sourced<number>][]).flatMap(([name, value]) => line(name, value)),
    ...numbers.lines(),
  ];
}

function describeEngine(engine: EngineModel, numbers: SourceNumbers): string[] {
  const line = sourcedLines(numbers);
  const { metadata, managementHosts } = engine;
  return [
    `engine: ${engine.engine}`, "",
    ...line("hosts, at least", engine.hostsMin), ...line("riding through a loss", engine.hostsMinRideThrough), ...line("hosts, at most", engine.hostsMax),
    ...(managementHosts === null ? [] : [labelled("management hosts", `${managementHosts.count} x ${managementHosts.size} ${numbers.of(managementHosts)}`)]),
    ...describePath(engine, numbers),
    ...line("overhead", engine.overheadFraction, "of raw bytes"), ...line("fill, at most", engine.fillFractionMax, "of raw bytes"),
    ...line("vCPUs for 1 GB/s read", engine.vcpusPerReadGBps), ...line("vCPUs for 1 GB/s written", engine.vcpusPerWriteGBps),
    ...line("a host, creates", metadata.createPerSecondPerHost, "a second"), ...line("a host, stats", metadata.statPerSecondPerHost, "a second"), ...line("a host, removes", metadata.removePerSecondPerHost, "a second"),
    ...line("a directory, creates", metadata.sharedCreatePerSecond, "a second"), ...line("a directory, stats", metadata.sharedStatPerSecond, "a second"), ...line("a directory, removes", metadata.sharedRemovePerSecond, "a second"),
  ];
}

function describePath({ dataPath }: EngineModel, numbers: SourceNumbers): string[] {
  const line = sourcedLines(numbers);
  if (dataPath.kind === "primaryRelayed") return [labelled("data path", "the primary of a piece relays it to the others"), labelled("allocation unit", `${dataPath.allocationUnitBytes} bytes`)];
  const range = (pair: readonly [number, number]): string => `GB/s, thinkable ${pair[0]} to ${pair[1]}`;
  return [
    labelled("data path", "every protocol server reaches all media"),
    ...line("egress of 1 GB/s read", dataPath.egressPerRead, range(dataPath.egressPerReadRange)), ...line("egress of 1 GB/s written", dataPath.egressPerWrite, range(dataPath.egressPerWriteRange)),
    ...line("ingress of 1 GB/s read", dataPath.ingressPerRead, "GB/s"), ...line("ingress of 1 GB/s written", dataPath.ingressPerWrite, "GB/s"),
    ...line("drives, 1 GB/s written", dataPath.driveWritePerWrite, "GB/s"), ...line("usable", dataPath.usableFraction, "of raw bytes"),
  ];
}
