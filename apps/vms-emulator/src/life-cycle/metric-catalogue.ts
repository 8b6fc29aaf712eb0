// Which metrics the system says it has, for which kinds of object. The document leaves the rows open; their fields and the names below are
// what the vendor's own clients read and ask for. Knows nothing of values.
export interface Metric {
  readonly id: number;
  readonly name: string;
  readonly fqn: string;
  readonly class_name: string;
  readonly title: string;
  readonly units: string;
  readonly object_types: readonly string[];
}

const PROTOCOL_OBJECTS = ["cluster", "cnode", "host", "user", "vippool", "tenant"];
/** Without the class: name, title and units. */
const COMMON = [["iops", "IOPS", "IOPS"], ["bw", "Bandwidth", "MB/Sec"], ["latency", "Latency", "ms"]] as const;
const OF_VIEWS = [["read_iops__rate", "Read IOPS", "IOPS"], ["write_iops__rate", "Write IOPS", "IOPS"], ["read_bw__rate", "Read Bandwidth", "MB/Sec"], ["write_bw__rate", "Write Bandwidth", "MB/Sec"]] as const;

/** What a query measures that names nothing. */
export const PROPERTIES_DEFAULT: readonly string[] = COMMON.map(([name]) => `ProtoMetrics,proto_name=ProtoCommon,${name}`);

export const METRICS: readonly Metric[] = [
  ...COMMON.map(([name, title, units]) => ({ name, fqn: `ProtoMetrics,proto_name=ProtoCommon,${name}`, class_name: "ProtoMetrics", title, units, object_types: PROTOCOL_OBJECTS })),
  ...OF_VIEWS.map(([name, title, units]) => ({ name, fqn: `ViewMetrics,${name}`, class_name: "ViewMetrics", title, units, object_types: ["view"] })),
].map((metric, at) => ({ id: at + 1, ...metric }));
