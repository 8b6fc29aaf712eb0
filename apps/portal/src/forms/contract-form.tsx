// A form made of a type of the contract: a field for each property that may be set, objects as groups, lists with
// items to add and take away. A property that comes to the contract comes to the form by itself.
import { Button, Divider, Text, makeStyles, mergeClasses, tokens } from "@fluentui/react-components";
import { AddRegular, DismissRegular } from "@fluentui/react-icons";
import type { ContractProperty, ContractType } from "@cynosure/sdk";
import type { ReactNode } from "react";
import { labelOf } from "../words/labels.ts";
import { isRecord, resolveType } from "../words/values.ts";
import type { ContractTypes } from "../words/values.ts";
import { initialValue, joinPath, withProperty, writableProperties } from "./form-value.ts";
import type { FieldMessages } from "./form-value.ts";
import { ScalarField } from "./scalar-field.tsx";
import type { FieldChoice } from "./scalar-field.tsx";

const useStyles = makeStyles({
  fields: { display: "grid", gridTemplateColumns: "repeat(auto-fill, minmax(min(260px, 100%), 1fr))", gap: `${tokens.spacingVerticalM} ${tokens.spacingHorizontalL}`, alignItems: "start" },
  wide: { gridColumn: "1 / -1" },
  group: { border: "none", margin: 0, padding: `0 0 0 ${tokens.spacingHorizontalM}`, borderLeft: `2px solid ${tokens.colorNeutralStroke2}`, minWidth: 0, display: "flex", flexDirection: "column", rowGap: tokens.spacingVerticalS },
  legend: { fontWeight: tokens.fontWeightSemibold, padding: 0, marginBottom: tokens.spacingVerticalXS },
  more: { display: "flex", flexWrap: "wrap", alignItems: "center", gap: tokens.spacingHorizontalS },
  hint: { color: tokens.colorNeutralForeground3 },
});

export type FieldChoices = Readonly<Record<string, readonly FieldChoice[]>>;

interface FormPart {
  readonly types: ContractTypes;
  readonly value: unknown;
  readonly onChange: (value: unknown) => void;
  readonly messages: FieldMessages;
  readonly path?: string;
  /** Properties that are asked for elsewhere, by path. */
  readonly leftOut?: readonly string[];
  /** Values to choose from where the contract says only text, by path. */
  readonly choices?: FieldChoices;
  /** True when something that exists is changed. */
  readonly isChange?: boolean;
}

export function ContractForm({ type, ...part }: FormPart & { readonly type: ContractType }) {
  const styles = useStyles();
  const { types, value, onChange, path = "", leftOut = [], isChange = false } = part;
  const properties = writableProperties(resolveType(types, type), isChange).filter(([name]) => !leftOut.includes(joinPath(path, name)));
  const own = (name: string): unknown => (isRecord(value) ? value[name] : undefined);
  const isUnset = (name: string, property: ContractProperty): boolean => own(name) === undefined && property.required !== true && isGroup(types, property);
  const unset = properties.filter(([name, property]) => isUnset(name, property));
  return (
    <div className={styles.fields}>
      {properties.filter(([name, property]) => !isUnset(name, property)).map(([name, property]) => (
        <PropertyPart key={name} {...part} name={name} property={property} path={joinPath(path, name)} value={own(name)} onChange={(next) => onChange(withProperty(value, name, next))} />
      ))}
      {unset.length === 0 ? null : (
        <div className={mergeClasses(styles.wide, styles.more)}>
          <Text size={200} className={styles.hint}>May be said, too:</Text>
          {unset.map(([name, property]) => (
            <Button key={name} size="small" icon={<AddRegular />} title={property.description} onClick={() => onChange(withProperty(value, name, beginning(types, property)))}>
              {labelOf(name)}
            </Button>
          ))}
        </div>
      )}
    </div>
  );
}

const isItems = (types: ContractTypes, type: ContractType): type is Extract<ContractType, { kind: "array" }> => type.kind === "array" && resolveType(types, type.items).kind === "object";

/** Shown as more than one field: not shown at all before somebody wants it. */
function isGroup(types: ContractTypes, { type }: ContractProperty): boolean {
  const resolved = resolveType(types, type);
  return resolved.kind === "object" || isItems(types, resolved);
}

function beginning(types: ContractTypes, { type }: ContractProperty): unknown {
  const resolved = resolveType(types, type);
  return isItems(types, resolved) ? [initialValue(types, resolved.items)] : initialValue(types, resolved);
}

type PropertyProps = FormPart & { readonly name: string; readonly property: ContractProperty; readonly path: string };

function PropertyPart(props: PropertyProps) {
  const styles = useStyles();
  const { types, property, messages, path } = props;
  const type = resolveType(types, property.type);
  if (type.kind === "object") {
    // The envelope of every resource is no group that people know.
    if (path === "properties") return <div className={styles.wide}><ContractForm {...props} type={type} /></div>;
    return <div className={styles.wide}><ObjectPart {...props} type={type} /></div>;
  }
  if (isItems(types, type)) return <div className={styles.wide}><ItemsPart {...props} items={type.items} /></div>;
  return <ScalarField {...props} message={messages[path]} choices={props.choices?.[path]} />;
}

function ObjectPart({ type, ...props }: PropertyProps & { readonly type: ContractType }) {
  const { name, property, onChange } = props;
  return (
    <Group {...props}>
      <ContractForm {...props} type={type} />
      {property.required === true ? null : <TakeAway what={labelOf(name).toLowerCase()} onClick={() => onChange(undefined)} />}
    </Group>
  );
}

function ItemsPart({ items, ...props }: PropertyProps & { readonly items: ContractType }) {
  const { types, name, property, value, onChange, path } = props;
  const list: readonly unknown[] = Array.isArray(value) ? value : [];
  const noun = labelOf(name).toLowerCase().replace(/s$/, "");
  return (
    <Group {...props}>
      {list.map((item, index) => (
        // Items have no identity but their place.
        <div key={index} role="group" aria-label={`${noun} ${index + 1}`}>
          <Divider alignContent="start">{`${labelOf(noun)} ${index + 1}`}</Divider>
          <ContractForm {...props} type={items} path={`${path}[${index}]`} value={item} onChange={(next) => onChange(list.map((each, at) => (at === index ? next : each)))} />
          <TakeAway what={`${noun} ${index + 1}`} onClick={() => onChange(list.length === 1 && property.required !== true ? undefined : list.filter((_, at) => at !== index))} />
        </div>
      ))}
      <div>
        <Button size="small" icon={<AddRegular />} onClick={() => onChange([...list, initialValue(types, items)])}>
          Add {noun}
        </Button>
      </div>
    </Group>
  );
}

function Group({ name, property, messages, path, children }: PropertyProps & { readonly children: ReactNode }) {
  const styles = useStyles();
  const message = messages[path];
  return (
    <fieldset className={styles.group}>
      <legend className={styles.legend}>{labelOf(name)}{property.required === true ? "" : " (optional)"}</legend>
      <Text size={200} className={styles.hint}>{property.description}</Text>
      {children}
      {message === undefined ? null : <Text size={200} role="alert">{message}</Text>}
    </fieldset>
  );
}

function TakeAway({ what, onClick }: { readonly what: string; readonly onClick: () => void }) {
  return (
    <div>
      <Button size="small" appearance="subtle" icon={<DismissRegular />} onClick={onClick}>
        Remove {what}
      </Button>
    </div>
  );
}
