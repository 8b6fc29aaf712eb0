// What each host image is made of: data only. Changing anything here (or `FIX_REVISION` of fixes.ts)
// changes the image's key, so an old cache entry is never mistaken for the new image. See RFD 0003.

export interface HostImageRecipe {
  /** The name a host plan asks for. */
  readonly name: string;
  readonly suite: "bookworm" | "trixie";
  readonly packages: readonly string[];
  readonly pythonVersion: string;
  /** Directories whose Python is compiled ahead: a manager starts in 1.3 s of CPU instead of 8.7 s. */
  readonly compiledDirs: readonly string[];
  /** The suite's bcrypt is a PyO3 extension that refuses the manager's sub-interpreters. */
  readonly replacesBcrypt: boolean;
  /** Run inside the finished image; its output must contain `expect`. */
  readonly proof: { readonly argv: readonly [string, ...string[]]; readonly expect: string };
  readonly unpackedBytes: number;
}

const cephPackages = [
  ...["ceph-mon", "ceph-mgr", "ceph-mgr-dashboard", "ceph-osd", "ceph-mds", "radosgw", "ceph-common", "ceph-fuse", "python3-rados"],
  ...["nfs-ganesha", "nfs-ganesha-ceph", "rpcbind", "libnfs-utils", "fio", "iproute2", "netbase", "ca-certificates"],
  // Unpacked like this nothing is "essential": the shell, its tools and the C.UTF-8 locale (libc-bin) are named.
  ...["libc-bin", "dash", "bash", "coreutils", "sed", "grep", "findutils", "hostname", "util-linux", "procps"],
] as const;

const compiled = (pythonVersion: string): readonly string[] => ["/usr/lib/python3", `/usr/lib/python${pythonVersion}`, "/usr/share/ceph/mgr"];

export const hostImageRecipes: readonly HostImageRecipe[] = [
  {
    name: "ceph-18.2",
    suite: "trixie",
    packages: cephPackages,
    pythonVersion: "3.13",
    compiledDirs: compiled("3.13"),
    replacesBcrypt: true,
    proof: { argv: ["ceph-mon", "--version"], expect: "ceph version 18.2." },
    unpackedBytes: 850_000_000,
  },
  {
    name: "ceph-16.2",
    suite: "bookworm",
    packages: cephPackages,
    pythonVersion: "3.11",
    compiledDirs: compiled("3.11"),
    replacesBcrypt: false,
    proof: { argv: ["ceph-mon", "--version"], expect: "ceph version 16.2." },
    unpackedBytes: 800_000_000,
  },
];

export function findHostImageRecipe(name: string): HostImageRecipe {
  const recipe = hostImageRecipes.find((one) => one.name === name);
  if (recipe === undefined) throw new Error(`there is no host image ${name}; known images: ${hostImageRecipes.map((one) => one.name).join(", ")}`);
  return recipe;
}
