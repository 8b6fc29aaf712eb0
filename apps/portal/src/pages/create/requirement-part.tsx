// First step: the requirement, from a preset and then as a form of the contract; answers what the sizing says of it.
import { Accordion, AccordionHeader, AccordionItem, AccordionPanel, Button, Card, Field, Select, Text, makeStyles, tokens } from "@fluentui/react-components";
import { contractTypes } from "@cynosure/sdk";
import type { Requirement, SizingAnswer } from "@cynosure/sdk";
import { useState } from "react";
import { explainError } from "../../api/explain-error.ts";
import { useApi } from "../../api/session-gate.tsx";
import { ContractForm } from "../../forms/contract-form.tsx";
import { checkValue } from "../../forms/form-value.ts";
import type { FieldMessages } from "../../forms/form-value.ts";
import { Failure } from "../../shell/failure.tsx";
import { Section } from "../../shell/section.tsx";
import { namedType } from "../../words/values.ts";
import { presetsFor } from "./presets.ts";
import { requirementWords } from "./requirement-words.ts";

const useStyles = makeStyles({ root: { display: "flex", flexDirection: "column", rowGap: tokens.spacingVerticalM, marginTop: tokens.spacingVerticalM }, preset: { maxWidth: "420px" } });

const type = namedType(contractTypes, "Requirement");

export function RequirementPart({ onAnswer }: { readonly onAnswer: (answer: SizingAnswer | undefined) => void }) {
  const styles = useStyles();
  const { client, session } = useApi();
  const presets = presetsFor(session.location);
  const [picked, setPicked] = useState(0);
  const [requirement, setRequirement] = useState<unknown>(presets[0]?.requirement);
  const [messages, setMessages] = useState<FieldMessages>({});
  const [error, setError] = useState<unknown>(undefined);
  const [isSizing, setSizing] = useState(false);
  const [isOpen, setOpen] = useState(false);
  const change = (next: unknown): void => {
    setRequirement(next);
    // What was sized is another requirement now.
    onAnswer(undefined);
  };
  const tell = (found: FieldMessages): void => {
    setMessages(found);
    if (Object.keys(found).length > 0) setOpen(true);
  };
  const pick = (index: number): void => {
    setPicked(index);
    setRequirement(presets[index]?.requirement);
    setMessages({});
    setError(undefined);
    onAnswer(undefined);
  };
  const size = async (): Promise<void> => {
    const found = checkValue(contractTypes, type, requirement);
    tell(found);
    setError(Object.keys(found).length === 0 ? undefined : new Error("Some fields need another value; they say which."));
    if (Object.keys(found).length > 0) return;
    setSizing(true);
    try {
      const answer = await client.sizing.size(session.location, requirement as Requirement); // made by a form of this type
      // What is wrong with the requirement itself comes as an answer, by field.
      tell(Object.fromEntries(answer.problems.map(({ target, message }) => [target, message])));
      setError(answer.problems.length === 0 ? undefined : new Error(answer.problems.map(({ target, message }) => `${target}: ${message}`).join(" ")));
      onAnswer(answer.problems.length === 0 ? answer : undefined);
    } catch (reason) {
      setError(reason);
      tell(explainError(reason).fields);
      onAnswer(undefined);
    } finally {
      setSizing(false);
    }
  };
  return (
    <div className={styles.root}>
      <Section title="1. What is needed">
        <Card>
          <Field label="Begin with" className={styles.preset} hint={presets[picked]?.about ?? ""}>
            <Select value={String(picked)} onChange={(_, { value }) => pick(Number(value))}>
              {presets.map(({ label }, index) => <option key={label} value={index}>{label}</option>)}
            </Select>
          </Field>
          <Text>{requirementWords(requirement)}</Text>
          <Accordion collapsible openItems={isOpen ? ["form"] : []} onToggle={() => setOpen(!isOpen)}>
            <AccordionItem value="form">
              <AccordionHeader>Change what is needed</AccordionHeader>
              <AccordionPanel>
                {/* Fields keep the text that is typed: another preset is another form. */}
                <ContractForm key={picked} types={contractTypes} type={type} value={requirement} onChange={change} messages={messages} />
              </AccordionPanel>
            </AccordionItem>
          </Accordion>
        </Card>
        {error === undefined ? null : <Failure error={error} doing="size the requirement" />}
        <div><Button appearance="primary" disabledFocusable={isSizing} onClick={() => void size()}>{isSizing ? "Working out sizes…" : "Work out sizes"}</Button></div>
        {isSizing ? <Text role="status">Every size of the catalogue is tried at every place; that takes a moment.</Text> : null}
      </Section>
    </div>
  );
}
