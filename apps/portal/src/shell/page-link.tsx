// A link to another page of the portal, with Fluent's look.
import { makeStyles, tokens } from "@fluentui/react-components";
import type { ReactNode } from "react";
import { Link } from "react-router";

const useStyles = makeStyles({ link: { color: tokens.colorBrandForegroundLink, ":hover": { color: tokens.colorBrandForegroundLinkHover }, ":focus-visible": { outline: `2px solid ${tokens.colorStrokeFocus2}` } } });

export function PageLink({ to, children }: { readonly to: string; readonly children: ReactNode }) {
  const styles = useStyles();
  return <Link className={styles.link} to={to}>{children}</Link>;
}
