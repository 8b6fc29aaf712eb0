// The types that an engine's own API has in this cluster, with a search.
import { Field, Input } from "@fluentui/react-components";
import type { NativeParity, NativeType } from "@cynosure/sdk";
import { useState } from "react";
import { Section } from "../../../shell/section.tsx";
import { PageLink } from "../../../shell/page-link.tsx";
import { ResourceTable } from "../../../tables/resource-table.tsx";
import { actionNames, canShow, findTypes, verbWords } from "./engine-reading.ts";

export function EngineTypes({ parity, pathOf }: { readonly parity: NativeParity; readonly pathOf: (type: string) => string }) {
  const [text, setText] = useState("");
  const found = findTypes(parity.types, text);
  const search = <Field label="Search"><Input type="search" value={text} spellCheck={false} placeholder="Type, field or action" onChange={(_, { value }) => setText(value)} /></Field>;
  return (
    <Section title={`Types of the ${parity.engine} API: ${found.length} of ${parity.types.length}`} actions={search}>
      <ResourceTable<NativeType>
        label="Types of the engine"
        items={found}
        nameLabel="Type"
        nameOf={(type) => (canShow(type) ? <PageLink to={pathOf(type.type)}>{type.type}</PageLink> : type.type)}
        extra={[
          { label: "Can", show: verbWords },
          { label: "Named by", show: ({ naming }) => naming },
          { label: "Fields", show: ({ fields }) => String(fields.length) },
          { label: "Actions", show: (type) => actionNames(type).join(", ") },
        ]}
        empty={`Nothing of this engine holds '${text}'.`}
      />
    </Section>
  );
}
