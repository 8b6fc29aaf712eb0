// The list of long-running writes above the pages: what, how far, for how long, and how it ended.
import { Button, MessageBar, MessageBarActions, MessageBarBody, MessageBarTitle, ProgressBar, makeStyles, tokens } from "@fluentui/react-components";
import { DismissRegular } from "@fluentui/react-icons";
import { Link } from "react-router";
import { explainError } from "../api/explain-error.ts";
import { durationWords } from "../words/durations.ts";
import { useNow } from "./use-now.ts";
import type { WorkItem } from "./work-list.ts";
import { useWork } from "./work.tsx";

const useStyles = makeStyles({
  bar: { width: "160px", marginTop: tokens.spacingVerticalXS },
  link: { color: tokens.colorBrandForegroundLink, marginLeft: tokens.spacingHorizontalS },
});

function stateWords(item: WorkItem, now: number): string {
  const elapsed = durationWords((item.finishedAtMs ?? now) - item.startedAtMs);
  if (item.error !== undefined) return `failed after ${elapsed}`;
  if (item.finishedAtMs !== undefined) return `done in ${elapsed}`;
  const far = item.percent === undefined ? (item.status ?? "accepted") : `${item.percent} %`;
  return `${far}, for ${elapsed}`;
}

export function WorkBar() {
  const styles = useStyles();
  const { items, dismiss } = useWork();
  const now = useNow(items.some(({ finishedAtMs }) => finishedAtMs === undefined));
  return items.map((item) => {
    const isFailed = item.error !== undefined;
    const isRunning = item.finishedAtMs === undefined;
    const failure = isFailed ? explainError(item.error) : undefined;
    return (
      <MessageBar key={item.id} intent={isFailed ? "error" : isRunning ? "info" : "success"} layout="multiline" role={isFailed ? "alert" : "status"}>
        <MessageBarBody>
          <MessageBarTitle>{item.title}</MessageBarTitle> {stateWords(item, now)}
          {failure === undefined ? null : <div>{failure.message} {failure.facts}</div>}
          {item.to === undefined ? null : <Link className={styles.link} to={item.to}>Show</Link>}
          {isRunning ? <ProgressBar className={styles.bar} aria-label={item.title} {...(item.percent === undefined ? {} : { value: item.percent / 100 })} /> : null}
        </MessageBarBody>
        {isRunning ? null : <MessageBarActions containerAction={<Button appearance="transparent" icon={<DismissRegular />} aria-label={`Dismiss: ${item.title}`} onClick={() => dismiss(item.id)} />} />}
      </MessageBar>
    );
  });
}
