// What is around every page: header with account and theme, navigation, the place for the page, and what is said
// about the connection. Knows the pages' addresses, not their content.
import { Link as FluentLink, makeStyles, mergeClasses, tokens } from "@fluentui/react-components";
import { AddCircleRegular, PersonKeyRegular, ServerRegular, StethoscopeRegular } from "@fluentui/react-icons";
import type { FluentIcon } from "@fluentui/react-icons";
import type { ReactNode } from "react";
import { NavLink } from "react-router";
import { LiveChanges } from "../api/live-changes.tsx";
import { WorkBar } from "../running/work-bar.tsx";
import { WorkKeeper } from "../running/work.tsx";
import { AccountMenu } from "./account-menu.tsx";
import { ConnectionBar } from "./connection-bar.tsx";

const narrow = "@media (max-width: 860px)";

const useStyles = makeStyles({
  root: { height: "100%", display: "grid", gridTemplateColumns: "200px 1fr", gridTemplateRows: "48px 1fr", gridTemplateAreas: `"head head" "nav main"`, [narrow]: { gridTemplateColumns: "1fr", gridTemplateRows: "48px auto 1fr", gridTemplateAreas: `"head" "nav" "main"` } },
  skip: { position: "absolute", left: "-999px", top: "8px", zIndex: 10, padding: tokens.spacingHorizontalS, backgroundColor: tokens.colorNeutralBackground1, ":focus": { left: "8px" } },
  head: { gridArea: "head", display: "flex", alignItems: "center", justifyContent: "space-between", paddingInline: tokens.spacingHorizontalL, backgroundColor: tokens.colorBrandBackground, color: tokens.colorNeutralForegroundOnBrand },
  product: { color: tokens.colorNeutralForegroundOnBrand, textDecorationLine: "none", fontSize: tokens.fontSizeBase400, fontWeight: tokens.fontWeightSemibold, ":focus-visible": { outline: `2px solid ${tokens.colorNeutralForegroundOnBrand}`, outlineOffset: "2px" } },
  nav: { gridArea: "nav", backgroundColor: tokens.colorNeutralBackground1, borderRight: `1px solid ${tokens.colorNeutralStroke2}`, [narrow]: { borderRight: "none", borderBottom: `1px solid ${tokens.colorNeutralStroke2}` } },
  list: { listStyleType: "none", margin: 0, padding: tokens.spacingVerticalS, display: "flex", flexDirection: "column", rowGap: "2px", [narrow]: { flexDirection: "row", padding: "4px" } },
  link: { display: "flex", alignItems: "center", columnGap: tokens.spacingHorizontalS, padding: "8px 12px", borderRadius: tokens.borderRadiusMedium, color: tokens.colorNeutralForeground1, textDecorationLine: "none", ":hover": { backgroundColor: tokens.colorNeutralBackground1Hover }, ":focus-visible": { outline: `2px solid ${tokens.colorStrokeFocus2}` } },
  here: { backgroundColor: tokens.colorNeutralBackground1Selected, fontWeight: tokens.fontWeightSemibold },
  main: { gridArea: "main", backgroundColor: tokens.colorNeutralBackground2, overflow: "auto", outlineStyle: "none" },
});

const places: readonly { readonly to: string; readonly label: string; readonly Icon: FluentIcon }[] = [
  { to: "/", label: "Fleet", Icon: ServerRegular },
  { to: "/create", label: "Create", Icon: AddCircleRegular },
  { to: "/access", label: "Access", Icon: PersonKeyRegular },
  { to: "/doctor", label: "Doctor", Icon: StethoscopeRegular },
];

export function Shell({ children }: { readonly children: ReactNode }) {
  const styles = useStyles();
  return (
    <LiveChanges>
      <WorkKeeper>
      <div className={styles.root}>
        <FluentLink className={styles.skip} href="#content">
          Skip to the content
        </FluentLink>
        <header className={styles.head}>
          <NavLink to="/" className={styles.product}>
            Cynosure
          </NavLink>
          <AccountMenu />
        </header>
        <nav className={styles.nav} aria-label="Pages">
          <ul className={styles.list}>
            {places.map(({ to, label, Icon }) => (
              <li key={to}>
                <NavLink to={to} end={to === "/"} className={({ isActive }) => mergeClasses(styles.link, isActive && styles.here)}>
                  <Icon fontSize={20} aria-hidden />
                  {label}
                </NavLink>
              </li>
            ))}
          </ul>
        </nav>
        <main id="content" className={styles.main} tabIndex={-1}>
          <ConnectionBar />
          <WorkBar />
          {children}
        </main>
      </div>
      </WorkKeeper>
    </LiveChanges>
  );
}
