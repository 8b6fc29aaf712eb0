// Creating a cluster, from a requirement or with a form of all that a cluster has. What comes after each beginning is
// the same: what the plan would do, then doing it.
import { Tab, TabList } from "@fluentui/react-components";
import type { SizingAnswer } from "@cynosure/sdk";
import { useState } from "react";
import { Page as Frame } from "../../shell/page.tsx";
import { ByHand } from "./by-hand.tsx";
import { PlanPreview } from "./plan-preview.tsx";
import type { WantedResources } from "./plan-preview.tsx";
import { RequirementPart } from "./requirement-part.tsx";
import { SizingPart } from "./sizing-part.tsx";

type Way = "requirement" | "form";

export function Page() {
  const [way, setWay] = useState<Way>("requirement");
  const [answer, setAnswer] = useState<SizingAnswer | undefined>(undefined);
  const [wanted, setWanted] = useState<WantedResources | undefined>(undefined);
  const begin = (next: Way): void => {
    setWay(next);
    setWanted(undefined);
  };
  return (
    <Frame title="Create a cluster" subtitle="Nothing is stored before the last step.">
      <TabList selectedValue={way} onTabSelect={(_, { value }) => begin(value === "form" ? "form" : "requirement")} aria-label="Where to begin">
        <Tab value="requirement" id="way-requirement" aria-controls="way-panel">From a requirement</Tab>
        <Tab value="form" id="way-form" aria-controls="way-panel">By hand</Tab>
      </TabList>
      <div role="tabpanel" id="way-panel" aria-labelledby={`way-${way}`}>
        {way === "form" ? <ByHand onWanted={setWanted} /> : (
          <>
            <RequirementPart onAnswer={(next) => { setAnswer(next); setWanted(undefined); }} />
            {answer === undefined ? null : <SizingPart answer={answer} onWanted={setWanted} />}
          </>
        )}
        {wanted === undefined ? null : <PlanPreview key={wanted.name} wanted={wanted} />}
      </div>
    </Frame>
  );
}
