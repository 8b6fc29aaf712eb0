// A badge with what it means for those who ask.
import { Badge, Tooltip } from "@fluentui/react-components";
import type { BadgeWords } from "../words/badges.ts";

export function StateBadge({ words }: { readonly words: BadgeWords }) {
  return (
    <Tooltip content={words.meaning} relationship="description">
      <Badge appearance="tint" color={words.tone} shape="rounded">
        {words.text}
      </Badge>
    </Tooltip>
  );
}
