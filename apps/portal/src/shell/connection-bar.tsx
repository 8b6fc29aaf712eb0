// Says that what is shown may be old, and why; nothing while changes arrive as they happen.
import { MessageBar, MessageBarBody, MessageBarTitle } from "@fluentui/react-components";
import { useConnection } from "../api/live-changes.tsx";

export function ConnectionBar() {
  const state = useConnection();
  if (state === "lost") {
    return (
      <MessageBar intent="warning" role="status" layout="multiline">
        <MessageBarBody>
          <MessageBarTitle>Connection lost</MessageBarTitle> The control plane does not answer. What is shown is from before; the portal keeps trying and catches up by itself.
        </MessageBarBody>
      </MessageBar>
    );
  }
  if (state === "refused") {
    return (
      <MessageBar intent="info" role="status" layout="multiline">
        <MessageBarBody>
          <MessageBarTitle>No live changes</MessageBarTitle> The control plane does not tell this session what changes; everything is read again every few seconds instead.
        </MessageBarBody>
      </MessageBar>
    );
  }
  return null;
}
