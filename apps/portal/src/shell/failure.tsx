// A failure as people need it: what was tried, why it failed, what can be done, and the code to search for.
import { Button, MessageBar, MessageBarActions, MessageBarBody, MessageBarTitle } from "@fluentui/react-components";
import { explainError } from "../api/explain-error.ts";

interface FailureProps {
  readonly error: unknown;
  /** What was tried, to be read after "Could not". */
  readonly doing: string;
  readonly onRetry?: () => void;
}

export function Failure({ error, doing, onRetry }: FailureProps) {
  const { message, remedy, facts } = explainError(error);
  return (
    <MessageBar intent="error" layout="multiline" role="alert">
      <MessageBarBody>
        <MessageBarTitle>Could not {doing}</MessageBarTitle> {message}
        {remedy === undefined ? null : ` ${remedy}`}
        {facts === "" ? null : <div>{facts}</div>}
      </MessageBarBody>
      {onRetry === undefined ? null : (
        <MessageBarActions>
          <Button size="small" onClick={onRetry}>
            Try again
          </Button>
        </MessageBarActions>
      )}
    </MessageBar>
  );
}
