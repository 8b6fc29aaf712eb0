// Compiles what a control plane is made of, for the next that starts, and runs none of it: see machine/control-plane-code.ts.
import { flushCompileCache } from "node:module";

await import("./compose.ts");
flushCompileCache();
process.exit(0);
