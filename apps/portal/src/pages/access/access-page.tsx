// Who may do what: role assignments of the subscription and below, and the principals of the built-in issuer.
import { Page as Frame } from "../../shell/page.tsx";
import { AssignmentsPart } from "./assignments-part.tsx";
import { PrincipalsPart } from "./principals-part.tsx";

export function Page() {
  return (
    <Frame title="Access" subtitle="Roles are given to principals at a scope, and hold for everything below it.">
      <AssignmentsPart />
      <PrincipalsPart />
    </Frame>
  );
}
