// A dialog that writes one resource with a form of the contract: checks what can be checked here, sends, and shows what
// the server refuses at the field that caused it.
import { Button, Dialog, DialogActions, DialogBody, DialogContent, DialogSurface, DialogTitle, Field, Input, makeStyles, tokens } from "@fluentui/react-components";
import { contractTypes } from "@cynosure/sdk";
import { useState } from "react";
import type { ReactNode } from "react";
import { explainError } from "../api/explain-error.ts";
import { Failure } from "../shell/failure.tsx";
import { namedType } from "../words/values.ts";
import { ContractForm } from "./contract-form.tsx";
import type { FieldChoices } from "./contract-form.tsx";
import { checkValue, initialValue } from "./form-value.ts";
import type { FieldMessages } from "./form-value.ts";

const useStyles = makeStyles({ surface: { maxWidth: "min(760px, 94vw)" }, content: { display: "flex", flexDirection: "column", rowGap: tokens.spacingVerticalM } });

interface FormDialogProps {
  readonly title: string;
  /** To be read after "Could not". */
  readonly doing: string;
  readonly typeName: string;
  /** Asks for a name, too, when there is none yet. */
  readonly nameLabel?: string;
  readonly start?: unknown;
  readonly isChange?: boolean;
  readonly leftOut?: readonly string[];
  readonly choices?: FieldChoices;
  readonly intro?: ReactNode;
  readonly sendLabel: string;
  readonly onSend: (value: unknown, name: string) => Promise<void>;
  readonly onClose: () => void;
}

const refusedLocally = new Error("Some fields need another value; they say which.");

export function FormDialog({ title, doing, typeName, nameLabel, start, isChange = false, leftOut = [], choices = {}, intro, sendLabel, onSend, onClose }: FormDialogProps) {
  const styles = useStyles();
  const type = namedType(contractTypes, typeName);
  const [name, setName] = useState("");
  const [value, setValue] = useState<unknown>(() => start ?? initialValue(contractTypes, type));
  const [messages, setMessages] = useState<FieldMessages>({});
  const [error, setError] = useState<unknown>(undefined);
  const [isSending, setSending] = useState(false);
  const send = async (): Promise<void> => {
    const found: FieldMessages = { ...(nameLabel !== undefined && name === "" ? { name: "A name is needed." } : {}), ...checkValue(contractTypes, type, value) };
    setMessages(found);
    setError(Object.keys(found).length === 0 ? undefined : refusedLocally);
    if (Object.keys(found).length > 0) return;
    setSending(true);
    try {
      await onSend(value, name);
      onClose();
    } catch (reason) {
      setError(reason);
      setMessages(explainError(reason).fields);
      setSending(false);
    }
  };
  const nameMessage = messages["name"];
  return (
    <Dialog open modalType="alert" onOpenChange={(_, { open }) => (open ? undefined : onClose())}>
      <DialogSurface className={styles.surface}>
        <form noValidate onSubmit={(event) => { event.preventDefault(); if (!isSending) void send(); }}>
          <DialogBody>
            <DialogTitle>{title}</DialogTitle>
            <DialogContent className={styles.content}>
              {intro}
              {nameLabel === undefined ? null : (
                <Field label={nameLabel} required {...(nameMessage === undefined ? {} : { validationMessage: nameMessage, validationState: "error" as const })}>
                  <Input value={name} autoComplete="off" spellCheck={false} onChange={(_, data) => setName(data.value)} />
                </Field>
              )}
              <ContractForm types={contractTypes} type={type} value={value} onChange={setValue} messages={messages} isChange={isChange} leftOut={leftOut} choices={choices} />
              {error === undefined ? null : <Failure error={error} doing={doing} />}
            </DialogContent>
            <DialogActions>
              <Button appearance="secondary" onClick={onClose}>Cancel</Button>
              <Button appearance="primary" type="submit" disabledFocusable={isSending}>{isSending ? "Sending…" : sendLabel}</Button>
            </DialogActions>
          </DialogBody>
        </form>
      </DialogSurface>
    </Dialog>
  );
}
