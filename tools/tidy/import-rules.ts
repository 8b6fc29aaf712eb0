// Which room may import which: the dependency rule of docs/architecture/README.md as data. Everything that
// is not named here is refused. Test code may also use testkits and the rooms listed in `testOnly`.

type Rooms = Readonly<Record<string, readonly string[]>>;

const ports = ["substrate", "engine"];

export const mayImport: Rooms = {
  "arm-protocol": [],
  model: [],
  audit: [],
  contract: ["arm-protocol"],
  converters: ["contract", "model", "resource-store"],
  sizing: ["model"],
  planner: ["model"],
  "plan-checks": ["model"],
  "resource-store": ["model"],
  workflow: ["model", "resource-store"],
  substrate: ["model"],
  engine: ["model", "native-client"],
  machine: ["model"],
  "live-client": ["model", "machine"],
  "substrate-local": ["substrate", "model", "machine"],
  projection: [],
  "native-client": ["model"],
  "projected-types": ["projection", "native-client", "arm-protocol", "model", "resource-store"],
  "native-gateway": ["projection", "native-client", "contract", "arm-protocol", "arm-store", "model", "resource-store", "http-server"],
  "engine-ceph": ["engine", "model", "machine", "native-client"],
  simulated: [...ports, "model"],
  agent: ["model", "machine", "engine-ceph"],
  "agent-gateway": ["model", "resource-store"],
  inventory: [...ports, "model", "workflow", "resource-store"],
  executor: [...ports, "model", "workflow", "resource-store"],
  "resource-providers": [...ports, "contract", "model", "converters", "arm-protocol", "arm-store", "workflow", "planner", "plan-checks", "sizing", "inventory", "executor", "resource-store"],
  "http-server": ["contract", "arm-protocol", "model"],
  "arm-store": ["contract", "arm-protocol", "model", "resource-store"],
  identity: ["contract", "arm-protocol", "arm-store", "model", "http-server", "resource-store"],
  "front-door": ["contract", "arm-protocol", "arm-store", "model", "resource-store", "http-server"],
  access: ["arm-protocol", "arm-store", "contract", "model", "resource-store", "http-server"],
  "behind-arm": ["contract", "arm-protocol", "arm-store", "model", "http-server", "resource-providers"],
  sdk: ["contract", "arm-protocol"],
  // The only place where adapters are named.
  controlplane: ["*"],
  // Sizes a requirement itself, without a control plane.
  cli: ["sdk", "arm-protocol", "audit", "machine", "model", "converters", "sizing", "projection"],
  // A browser program: what it knows of the product it knows through the SDK. Its mock serves the contract.
  portal: ["sdk", "arm-protocol", "contract"],
  // Stands in for an engine vendor's server: knows the facts of its document and nothing else of the product.
  "vms-emulator": ["projection"],
  // Composes the parts it measures.
  bench: ["*"],
  // Everything of the product but real adapters and apps: it is those that it stands in for.
  simulator: ["arm-protocol", "contract", "model", ...ports, "executor", "front-door", "inventory", "resource-providers", "resource-store", "simulated", "workflow"],
};

/** Packages that compute and nothing else: no Node built-ins, clock, randomness or environment. */
export const purePackages: readonly string[] = ["arm-protocol", "model", "contract", "converters", "sizing", "planner", "plan-checks", "projection"];
