// Puts a text into the clipboard and says so.
import { Button } from "@fluentui/react-components";
import { CheckmarkRegular, CopyRegular } from "@fluentui/react-icons";
import { useState } from "react";

export function CopyButton({ text, what }: { readonly text: string; readonly what: string }) {
  const [state, setState] = useState<"idle" | "copied" | "refused">("idle");
  const copy = (): void => {
    navigator.clipboard.writeText(text).then(() => setState("copied"), () => setState("refused"));
  };
  const words = { idle: "Copy", copied: "Copied", refused: "Not allowed: select and copy by hand" }[state];
  return (
    <Button size="small" icon={state === "copied" ? <CheckmarkRegular /> : <CopyRegular />} onClick={copy} aria-label={`Copy ${what}`} onBlur={() => setState("idle")}>
      <span aria-live="polite">{words}</span>
    </Button>
  );
}
