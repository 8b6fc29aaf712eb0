// One field for one value that is no object: text, number, yes or no, a choice, a few words, or JSON where the
// contract allows anything.
import { Checkbox, Field, Input, Select, Textarea } from "@fluentui/react-components";
import type { ContractProperty, ContractType } from "@cynosure/sdk";
import { useState } from "react";
import { choiceLabel, labelOf } from "../words/labels.ts";
import { resolveType } from "../words/values.ts";
import type { ContractTypes } from "../words/values.ts";
import { listText, mapText, readJson, readList, readMap } from "./text-lists.ts";

export interface FieldChoice {
  readonly value: string;
  readonly label: string;
}

interface FieldProps {
  readonly types: ContractTypes;
  readonly name: string;
  readonly property: ContractProperty;
  readonly value: unknown;
  readonly message: string | undefined;
  readonly onChange: (value: unknown) => void;
  /** What there is to choose from, where the contract says only text. */
  readonly choices?: readonly FieldChoice[] | undefined;
}

type ControlProps = FieldProps & { readonly type: ContractType };

export function ScalarField(props: FieldProps) {
  const type = resolveType(props.types, props.property.type);
  const { name, property, message } = props;
  if (type.kind === "scalar" && type.type === "boolean") return <BooleanField {...props} />;
  return (
    <Field label={labelOf(name)} hint={hintOf(property)} required={property.required === true} {...(message === undefined ? {} : { validationMessage: message, validationState: "error" })}>
      {type.kind === "enum" || props.choices !== undefined ? <ChoiceControl {...props} type={type} /> : isLine(type) ? <LineControl {...props} type={type} /> : <TextControl {...props} type={type} />}
    </Field>
  );
}

const isLine = (type: ContractType): boolean => type.kind === "scalar" || isWordList(type);
const isWordList = (type: ContractType): boolean => type.kind === "array" && type.items.kind !== "array";

const hintOf = ({ description, createOnly }: ContractProperty): string => (createOnly === true ? `${description} Cannot be changed later.` : description);

function BooleanField({ name, property, value, message, onChange }: FieldProps) {
  const checked = typeof value === "boolean" ? value : property.default === true;
  return (
    <Field hint={hintOf(property)} {...(message === undefined ? {} : { validationMessage: message, validationState: "error" })}>
      <Checkbox label={labelOf(name)} checked={checked} onChange={(_, data) => onChange(data.checked === true)} />
    </Field>
  );
}

function ChoiceControl({ property, type, value, onChange, choices }: ControlProps) {
  const values = choices ?? (type.kind === "enum" ? type.values.map((each) => ({ value: each, label: choiceLabel(each) })) : []);
  const none = property.default === undefined ? (property.required === true ? "Choose one" : "Not set") : `${choiceLabel(String(property.default))} (default)`;
  return (
    <Select value={typeof value === "string" ? value : ""} onChange={(_, data) => onChange(data.value === "" ? undefined : data.value)}>
      <option value="">{none}</option>
      {values.map((each) => (
        <option key={each.value} value={each.value}>
          {each.label}
        </option>
      ))}
    </Select>
  );
}

/** What is typed stays as it is typed; the value follows it. */
function LineControl({ property, type, value, onChange }: ControlProps) {
  const isList = isWordList(type);
  const isNumber = type.kind === "scalar" && type.type !== "string";
  const [text, setText] = useState(() => (isList ? listText(value) : value === undefined || value === null ? "" : String(value)));
  const change = (next: string): void => {
    setText(next);
    if (isList) onChange(next.trim() === "" ? undefined : readList(next));
    else onChange(next === "" ? undefined : isNumber ? Number(next) : next);
  };
  const placeholder = property.default === undefined ? (isList ? "a, b, c" : "") : String(property.default);
  return <Input value={text} type={isNumber ? "number" : "text"} {...(isNumber ? { step: "any" } : {})} placeholder={placeholder} onChange={(_, data) => change(data.value)} />;
}

function TextControl({ type, value, onChange }: ControlProps) {
  const isMap = type.kind === "map";
  const [text, setText] = useState(() => (value === undefined ? "" : isMap ? mapText(value) : JSON.stringify(value, null, 2)));
  const change = (next: string): void => {
    setText(next);
    if (next.trim() === "") onChange(undefined);
    // Text that is no JSON yet goes on as text: the check of the server names the field.
    else onChange(isMap ? readMap(next) : (readJson(next)?.value ?? next));
  };
  return <Textarea value={text} resize="vertical" placeholder={isMap ? "name=value, one a line" : "JSON"} onChange={(_, data) => change(data.value)} />;
}
