// The scripts that make a shell ask this program what may follow. Pure.
import { CommandError, ExitCode } from "../exit-code.ts";

export const SHELLS: readonly string[] = ["bash", "zsh"];

const BASH = `# bash completion of cynosure; load it with: source <(cynosure completion bash)
_cynosure() {
  local line
  COMPREPLY=()
  while IFS= read -r line; do
    COMPREPLY+=("$line")
  done < <(cynosure complete -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
}
complete -o default -F _cynosure cynosure`;

const ZSH = `#compdef cynosure
# zsh completion of cynosure; load it with: source <(cynosure completion zsh)
_cynosure() {
  local -a found
  found=("\${(@f)$(cynosure complete -- "\${(@)words[2,CURRENT]}" 2>/dev/null)}")
  if (( \${#found} )) && [[ -n "\${found[1]}" ]]; then compadd -- "\${found[@]}"; else _files; fi
}
compdef _cynosure cynosure`;

export function completionScript(shell: string): string {
  if (shell === "bash") return BASH;
  if (shell === "zsh") return ZSH;
  throw new CommandError(ExitCode.usage, `there is no completion for ${shell}; there is for ${SHELLS.join(" and ")}`);
}
