// Asks for the name of what is about to be removed: a slip of the hand must not cost data.
import { Button, Dialog, DialogActions, DialogBody, DialogContent, DialogSurface, DialogTitle, Field, Input } from "@fluentui/react-components";
import { useState } from "react";
import { Failure } from "./failure.tsx";

interface ConfirmDeleteProps {
  /** To be read after "Delete". */
  readonly what: string;
  readonly name: string;
  /** What goes with it. */
  readonly consequence: string;
  readonly onDelete: () => Promise<void>;
  readonly onClose: () => void;
}

export function ConfirmDelete({ what, name, consequence, onDelete, onClose }: ConfirmDeleteProps) {
  const [typed, setTyped] = useState("");
  const [isSending, setSending] = useState(false);
  const [error, setError] = useState<unknown>(undefined);
  const send = async (): Promise<void> => {
    setSending(true);
    setError(undefined);
    try {
      await onDelete();
      onClose();
    } catch (reason) {
      setError(reason);
      setSending(false);
    }
  };
  return (
    <Dialog open modalType="alert" onOpenChange={(_, { open }) => (open ? undefined : onClose())}>
      <DialogSurface>
        <form onSubmit={(event) => { event.preventDefault(); if (typed === name && !isSending) void send(); }}>
          <DialogBody>
            <DialogTitle>Delete {what} {name}?</DialogTitle>
            <DialogContent>
              <p>{consequence}</p>
              <Field label={`Type ${name} to confirm`} required>
                <Input value={typed} autoComplete="off" spellCheck={false} onChange={(_, data) => setTyped(data.value)} />
              </Field>
              {error === undefined ? null : <Failure error={error} doing={`delete ${what} ${name}`} />}
            </DialogContent>
            <DialogActions>
              <Button appearance="secondary" onClick={onClose}>Keep it</Button>
              <Button appearance="primary" type="submit" disabled={typed !== name || isSending}>{isSending ? "Deleting…" : `Delete ${what}`}</Button>
            </DialogActions>
          </DialogBody>
        </form>
      </DialogSurface>
    </Dialog>
  );
}
