// Node with a program of this project inside the host image, where the image's libraries are. Nothing is started here.
import { dirname, join, relative } from "node:path";
import { IMAGE_NAME, commandInImage, findHostImage } from "@cynosure/machine";
import type { Installation, RungLetter } from "@cynosure/machine";
import { ControlPlaneError } from "@cynosure/model";

const PROJECT_INSIDE = "/opt/cynosure";
const NODE_INSIDE = "/opt/cynosure-node/bin";

export interface NodeInImage {
  readonly installation: Pick<Installation, "imagesDir">;
  readonly projectDir: string;
  readonly rung: RungLetter;
}

/** Files of the project among the arguments are named as the image sees them. */
export function nodeInImage({ installation, projectDir, rung }: NodeInImage, args: readonly string[]): readonly [string, ...string[]] {
  if (rung === "c" || rung === "d") throw new ControlPlaneError("OperationNotAllowed", `What needs a library of the host image is not run on rung ${rung}, where nothing may be mounted. Use S3.`);
  const imageDir = findHostImage(installation.imagesDir, IMAGE_NAME);
  if (imageDir === null) throw new ControlPlaneError("OperationNotAllowed", `The host image ${IMAGE_NAME} is not on this machine. Run cynosure prepare, or use S3.`);
  const inside = args.map((arg) => (arg.startsWith(`${projectDir}/`) ? join(PROJECT_INSIDE, relative(projectDir, arg)) : arg));
  const binds = [{ from: projectDir, to: PROJECT_INSIDE }, { from: dirname(process.execPath), to: NODE_INSIDE }];
  return commandInImage({ imageDir, argv: [`${NODE_INSIDE}/node`, ...inside], binds, network: "machine" });
}
