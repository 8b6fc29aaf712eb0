// How full each kind of protection is: one bar each, user data against what it could hold.
import { ProgressBar, Text, makeStyles, tokens } from "@fluentui/react-components";

export interface CapacityBar {
  readonly name: string;
  /** "3.1 of 11 GB" */
  readonly words: string;
  /** 0 to 1. */
  readonly fill: number;
}

const useStyles = makeStyles({ root: { display: "grid", gridTemplateColumns: "repeat(auto-fill, minmax(min(260px, 100%), 1fr))", gap: `${tokens.spacingVerticalM} ${tokens.spacingHorizontalL}`, listStyleType: "none", margin: 0, padding: 0 }, head: { display: "flex", flexWrap: "wrap", overflowWrap: "anywhere", justifyContent: "space-between", columnGap: tokens.spacingHorizontalS }, quiet: { color: tokens.colorNeutralForeground2 } });

export function CapacityPlot({ bars, fullFrom }: { readonly bars: readonly CapacityBar[]; readonly fullFrom: number }) {
  const styles = useStyles();
  return (
    <ul className={styles.root}>
      {bars.map(({ name, words, fill }) => (
        <li key={name}>
          <div className={styles.head}><Text size={200} weight="semibold">{name}</Text><Text size={200} className={styles.quiet}>{words}</Text></div>
          <ProgressBar thickness="large" value={Math.min(fill, 1)} color={fill >= fullFrom ? "warning" : "brand"} aria-label={`${name}: ${words}`} />
        </li>
      ))}
    </ul>
  );
}
