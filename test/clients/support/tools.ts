// Programs of other people that a test needs. Where everything is required (REQUIRE_ALL=1, as in CI) a missing one
// is installed with the product's own installer; elsewhere the test is skipped with the command that would help.
import { findTool, installCommand, installPackages } from "@cynosure/machine";

/** Null when the programs are there; else why not, for describeWhen. */
export async function provideTool(program: string, packages: readonly string[], isPresent: () => boolean = () => findTool(program) !== null): Promise<string | null> {
  if (isPresent()) return null;
  if (process.env["REQUIRE_ALL"] !== "1") return `${program} is not installed; ${installCommand(packages)}`;
  try {
    await installPackages(packages);
  } catch (error) {
    return `${program} could not be installed: ${error instanceof Error ? error.message : String(error)}`;
  }
  return isPresent() ? null : `${packages.join(", ")} brought no ${program}`;
}
