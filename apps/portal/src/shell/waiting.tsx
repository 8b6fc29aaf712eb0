// A wait, in words: what is being waited for. There is no spinner without them.
import { Spinner, makeStyles, tokens } from "@fluentui/react-components";

const useStyles = makeStyles({ root: { padding: tokens.spacingVerticalXXL, display: "flex", justifyContent: "flex-start" } });

export function Waiting({ what }: { readonly what: string }) {
  const styles = useStyles();
  return (
    <div className={styles.root} role="status">
      <Spinner size="small" label={`${what}…`} />
    </div>
  );
}
