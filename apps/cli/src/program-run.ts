// What one run of the program is to its commands: where they print, and the code they end with. Apart from
// the command tree, which knows the commands, so that the commands need not know it.
import type { Output } from "./output.ts";

export interface ProgramRun {
  output(): Output;
  /** Code a command ended with without throwing; 0 unless it set another. */
  exitCode: number;
}
