// A command or a value to copy, as it is pasted.
import { Text, makeStyles, tokens } from "@fluentui/react-components";
import { CopyButton } from "./copy-button.tsx";

const useStyles = makeStyles({
  root: { display: "flex", flexDirection: "column", rowGap: tokens.spacingVerticalXS },
  head: { display: "flex", alignItems: "center", justifyContent: "space-between", columnGap: tokens.spacingHorizontalM },
  text: { margin: 0, padding: tokens.spacingHorizontalS, backgroundColor: tokens.colorNeutralBackground3, borderRadius: tokens.borderRadiusMedium, fontFamily: tokens.fontFamilyMonospace, fontSize: tokens.fontSizeBase200, overflowX: "auto", whiteSpace: "pre" },
});

export function Command({ label, text }: { readonly label: string; readonly text: string }) {
  const styles = useStyles();
  return (
    <div className={styles.root}>
      <div className={styles.head}>
        <Text weight="semibold">{label}</Text>
        <CopyButton text={text} what={label} />
      </div>
      {/* Scrolls, so the keyboard must reach it. */}
      <pre className={styles.text} tabIndex={0} aria-label={label}>{text}</pre>
    </div>
  );
}
