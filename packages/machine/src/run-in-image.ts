// Running one bounded command from a host image, on the machine's network or inside a namespace: the
// clients and tools an image brings (NFS, S3, fio) without installing them here. Never starts a daemon.
import { bwrapUserFlags } from "./capabilities.ts";
import { inPlaceCommand } from "./image-programs.ts";
import { run } from "./run.ts";
import type { RunOptions, RunResult } from "./run.ts";

export interface ImageBind {
  readonly from: string;
  /** A directory of the image, or below /run or /tmp. */
  readonly to: string;
  readonly writable?: boolean;
}

export interface RunInImageOptions extends Pick<RunOptions, "stdin" | "signal" | "onLine"> {
  readonly imageDir: string;
  readonly argv: readonly [string, ...string[]];
  readonly binds?: readonly ImageBind[];
  readonly env?: Readonly<Record<string, string>>;
  /** `machine`: 127.0.0.1 is the machine's. Else a prefix that enters a network, as a substrate gives it. */
  readonly network: "machine" | { readonly enter: readonly string[] };
  readonly timeoutMsMax: number;
}

/** The command line that runs a command of an image, for whoever starts it himself. It ends with who started it. */
export function commandInImage({ imageDir, argv, binds = [], env = {}, network }: Pick<RunInImageOptions, "imageDir" | "argv" | "binds" | "env" | "network">): readonly [string, ...string[]] {
  const environment = { PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", LC_ALL: "C.UTF-8", HOME: "/root", ...env };
  const enter = network === "machine" ? [] : network.enter;
  const prefixed = [
    ...enter,
    ...["bwrap", "--die-with-parent", "--unshare-pid", "--unshare-uts", "--unshare-ipc"],
    ...(network === "machine" ? bwrapUserFlags() : []),
    ...["--ro-bind", imageDir, "/", "--proc", "/proc", "--dev", "/dev", "--tmpfs", "/tmp", "--tmpfs", "/run"],
    ...binds.flatMap((bind) => [bind.writable === true ? "--bind" : "--ro-bind", bind.from, bind.to]),
    ...["--clearenv", ...Object.entries(environment).flatMap(([name, value]) => ["--setenv", name, value])],
    ...["--chdir", "/", "--", ...argv],
  ];
  const [command = "bwrap", ...rest] = prefixed;
  return [command, ...rest];
}

/** Ends with the command or with us, whichever is first; leaves nothing behind. */
export function runInImage(options: RunInImageOptions): Promise<RunResult> {
  const optional = {
    ...(options.stdin === undefined ? {} : { stdin: options.stdin }),
    ...(options.signal === undefined ? {} : { signal: options.signal }),
    ...(options.onLine === undefined ? {} : { onLine: options.onLine }),
  };
  return run(commandInImage(options), { timeoutMsMax: options.timeoutMsMax, ...optional });
}

/** The same for people to paste: a command of the image on the machine's network. */
export const runInImageCommand = (imageDir: string, command: string): string => ["bwrap", ...bwrapUserFlags(), "--ro-bind", imageDir, "/", "--proc", "/proc", "--dev", "/dev", "--tmpfs", "/tmp", command].join(" ");

export interface RunInPlaceOptions extends Pick<RunOptions, "stdin" | "signal" | "onLine"> {
  readonly imageDir: string;
  readonly argv: readonly [string, ...string[]];
  readonly timeoutMsMax: number;
}

/** The same where nothing may be mounted: the program sees the machine's own files, so paths are the machine's. */
export function runInPlace(options: RunInPlaceOptions): Promise<RunResult> {
  const { imageDir, argv, ...rest } = options;
  const command = inPlaceCommand(imageDir, argv);
  return run(command.argv, { ...rest, env: { PATH: process.env["PATH"] ?? "/usr/bin:/bin", LC_ALL: "C.UTF-8", ...command.env } });
}

/** The same for people: a command line to paste, made of a name and arguments that are already quoted. */
export function runInPlaceCommand(imageDir: string, command: string): string {
  const [name = "", ...args] = command.split(" ");
  return [...inPlaceCommand(imageDir, [name]).argv, ...args].join(" ");
}
