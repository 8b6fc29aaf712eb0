// Second step: the ranked options of each site, with the limit that binds, what is left of every other, the cost, and
// why there is none where there is none.
import { Accordion, AccordionHeader, AccordionItem, AccordionPanel, Button, Card, MessageBar, MessageBarBody, MessageBarTitle, Text, makeStyles, tokens } from "@fluentui/react-components";
import type { SizingAnswer, SizingOption, SizingSite } from "@cynosure/sdk";
import { Facts } from "../../shell/facts.tsx";
import { Section } from "../../shell/section.tsx";
import { StateBadge } from "../../shell/state-badge.tsx";
import { ResourceTable } from "../../tables/resource-table.tsx";
import type { WantedResources } from "./plan-preview.tsx";
import { clustersOf, costWords, isDeliverable, optionWords, slackWords } from "./sizing-reading.ts";

const useStyles = makeStyles({ root: { display: "flex", flexDirection: "column", rowGap: tokens.spacingVerticalL, marginTop: tokens.spacingVerticalXL }, actions: { display: "flex", flexWrap: "wrap", gap: tokens.spacingHorizontalS }, list: { margin: 0, paddingLeft: tokens.spacingHorizontalL } });

const OPTIONS_SHOWN_MAX = 5;

interface SizingPartProps {
  readonly answer: SizingAnswer;
  readonly onWanted: (wanted: WantedResources) => void;
}

export function SizingPart({ answer, onWanted }: SizingPartProps) {
  const styles = useStyles();
  return (
    <div className={styles.root}>
      <Section title="2. What would do">
        <Text>{`${answer.isEmulated === true ? "Nothing real would be delivered: the engine's management server is emulated. " : answer.isSimulated ? "Nothing real would be delivered: the control plane is simulated. " : ""}Catalogue of ${answer.catalogueAsOf}${answer.pricesAsOf === undefined ? "" : `, prices of ${answer.pricesAsOf}`}.`}</Text>
        {answer.sites.map((site) => <SitePart key={site.siteName} answer={answer} site={site} onWanted={onWanted} />)}
      </Section>
    </div>
  );
}

function SitePart({ answer, site, onWanted }: SizingPartProps & { readonly site: SizingSite }) {
  const { contradiction } = site;
  return (
    <>
      {site.options.length > 0 ? null : (
        <MessageBar intent="warning" layout="multiline" role="status">
          <MessageBarBody>
            <MessageBarTitle>Nothing meets site {site.siteName}</MessageBarTitle> {contradiction?.message ?? site.ruledOut.map(({ hostSize, reason }) => `${hostSize}: ${reason}`).join("; ")} {contradiction?.relaxation?.statement}
          </MessageBarBody>
        </MessageBar>
      )}
      {site.options.slice(0, OPTIONS_SHOWN_MAX).map((option) => <OptionCard key={option.rank} answer={answer} site={site} option={option} onWanted={onWanted} />)}
    </>
  );
}

function OptionCard({ answer, site, option, onWanted }: SizingPartProps & { readonly site: SizingSite; readonly option: SizingOption }) {
  const styles = useStyles();
  const clusters = clustersOf(answer, site, option);
  const facts = [
    { label: "Binding limit", detail: option.binding },
    { label: "Why not one host fewer", detail: option.whyNotOneFewer },
    { label: "Engine", detail: option.engine },
    { label: "Cost", detail: costWords(option) },
    { label: "Not known, so never counted as met", detail: option.undetermined.length === 0 ? "nothing" : option.undetermined.join(", ") },
  ];
  return (
    <Card role="group" aria-label={`Option ${option.rank} of site ${site.siteName}`}>
      <Text weight="semibold" size={400}>{`${answer.sites.length === 1 ? "" : `${site.siteName}: `}${option.rank}. ${optionWords(option)}${option.hypothetical ? " (hypothetical size)" : ""}`}</Text>
      <Facts facts={facts} />
      <Accordion collapsible multiple>
        <AccordionItem value="limits"><AccordionHeader>Every limit and what is left of it</AccordionHeader><AccordionPanel><Limits option={option} /></AccordionPanel></AccordionItem>
        {option.risks.length === 0 ? null : <AccordionItem value="risks"><AccordionHeader>What could go wrong</AccordionHeader><AccordionPanel><ul className={styles.list}>{option.risks.map(({ code, message }) => <li key={code}>{message}</li>)}</ul></AccordionPanel></AccordionItem>}
      </Accordion>
      <div className={styles.actions}>
        {clusters.map((wanted) =>
          isDeliverable(wanted) ? (
            <Button key={wanted.name} appearance="primary" onClick={() => onWanted({ name: wanted.name, cluster: wanted.sized.cluster, fileSystems: wanted.sized.fileSystems, buckets: wanted.sized.buckets })}>See what creating {wanted.name} would do</Button>
          ) : <Text key={wanted.name}>{`${wanted.name} is on the substrate ${wanted.sized.cluster.properties.substrate}, which this control plane sizes and does not deliver.`}</Text>,
        )}
      </div>
    </Card>
  );
}

const verdictTone = { met: "success", notMet: "danger", undetermined: "warning" } as const;

function Limits({ option }: { readonly option: SizingOption }) {
  const limits = [...option.limits, ...option.clusters.flatMap((cluster) => cluster.limits)];
  return (
    <ResourceTable
      label={`Limits of option ${option.rank}`}
      typeName="SizingLimit"
      items={limits}
      leftOut={["name"]}
      nameLabel="Limit"
      cells={{ verdict: ({ verdict }) => <StateBadge words={{ text: verdict, tone: verdictTone[verdict], meaning: `The limit is ${verdict}` }} />, slack: ({ slack }) => slackWords(slack) }}
      empty="No limit was looked at."
    />
  );
}
