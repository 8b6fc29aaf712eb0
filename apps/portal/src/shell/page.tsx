// The frame of a page: its title in the document and as the one heading that gets the focus after moving to it, what
// can be done on it, and its body.
import { Body1, makeStyles, tokens, typographyStyles } from "@fluentui/react-components";
import { useEffect, useRef } from "react";
import type { ReactNode } from "react";

const useStyles = makeStyles({
  root: { display: "flex", flexDirection: "column", rowGap: tokens.spacingVerticalL, padding: `${tokens.spacingVerticalXL} ${tokens.spacingHorizontalXXL}`, maxWidth: "1400px", boxSizing: "border-box", "@media (max-width: 860px)": { padding: `${tokens.spacingVerticalL} ${tokens.spacingHorizontalL}` } },
  head: { display: "flex", flexWrap: "wrap", alignItems: "center", justifyContent: "space-between", gap: tokens.spacingHorizontalM },
  titles: { display: "flex", flexDirection: "column", minWidth: 0 },
  title: { ...typographyStyles.title2, outlineStyle: "none", margin: 0, overflowWrap: "anywhere" },
  subtitle: { color: tokens.colorNeutralForeground2 },
  actions: { display: "flex", flexWrap: "wrap", gap: tokens.spacingHorizontalS },
});

interface PageProps {
  readonly title: string;
  readonly subtitle?: ReactNode;
  readonly actions?: ReactNode;
  readonly children: ReactNode;
}

let isFirstPage = true;

export function Page({ title, subtitle, actions, children }: PageProps) {
  const styles = useStyles();
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = `${title} - Cynosure`;
  }, [title]);
  useEffect(() => {
    // The first page is announced by the browser itself.
    if (!isFirstPage) heading.current?.focus();
    isFirstPage = false;
  }, []);
  return (
    <div className={styles.root}>
      <div className={styles.head}>
        <div className={styles.titles}>
          <h1 className={styles.title} ref={heading} tabIndex={-1}>
            {title}
          </h1>
          {subtitle === undefined ? null : <Body1 className={styles.subtitle}>{subtitle}</Body1>}
        </div>
        {actions === undefined ? null : <div className={styles.actions}>{actions}</div>}
      </div>
      {children}
    </div>
  );
}
