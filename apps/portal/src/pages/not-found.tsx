// For addresses that are no page.
import { Body1, Link } from "@fluentui/react-components";
import { useHref } from "react-router";
import { Page as Frame } from "../shell/page.tsx";

export function Page() {
  return (
    <Frame title="No such page">
      <Body1>
        There is nothing at this address. <Link href={useHref("/")}>Go to the fleet</Link>
      </Body1>
    </Frame>
  );
}
