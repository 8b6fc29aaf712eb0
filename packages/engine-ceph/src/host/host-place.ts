// Where files and programs of this host are, for handlers: as host plans name them, unless the host runs in
// place on the machine; then as its agent was told. Read once, like the agent does.
import { HOST_PLACE_VARIABLE, parseHostPlace, placeText } from "@cynosure/model";

const place = parseHostPlace(process.env[HOST_PLACE_VARIABLE]);

/** A path of the host plan where it really is. */
export const hostPath = (path: string): string => placeText(place, path);

/** Node that can load the image's libraries: its own name for hosts in place, which PATH finds; else this one. */
export const nodeForLibraries = place === null ? process.execPath : `${place.programsDir}/cynosure-node-by-image`;

/** What a tool inherits: where programs are, and the marks by which all of a host is found and ended. */
export function toolEnvironment(): Record<string, string> {
  const inherited: Record<string, string> = { PATH: "/usr/sbin:/usr/bin:/sbin:/bin", HOME: "/tmp", LANG: "C.UTF-8" };
  if (place !== null) Object.assign(inherited, { PATH: `${place.programsDir}:${inherited["PATH"] ?? ""}`, HOME: place.runDir, TMPDIR: place.runDir });
  for (const name of ["CYNOSURE_INSTALLATION", "CYNOSURE_HOST"]) {
    const value = process.env[name];
    if (value !== undefined) inherited[name] = value;
  }
  return inherited;
}
