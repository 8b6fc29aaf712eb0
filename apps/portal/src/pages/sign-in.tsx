// Signing in: spends the code of the address and takes it out of the address at once. Without one it says where an
// address comes from.
import { Body1, Card, makeStyles, tokens, typographyStyles } from "@fluentui/react-components";
import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { useNavigate } from "react-router";
import { readCode } from "../api/sign-in-code.ts";
import { signIn } from "../api/session.ts";
import { Failure } from "../shell/failure.tsx";
import { Waiting } from "../shell/waiting.tsx";

const useStyles = makeStyles({
  root: { height: "100%", display: "grid", placeItems: "center", padding: tokens.spacingHorizontalL, boxSizing: "border-box" },
  card: { width: "min(560px, 100%)", rowGap: tokens.spacingVerticalM, padding: tokens.spacingHorizontalXXL, boxSizing: "border-box" },
  title: { ...typographyStyles.title2, margin: 0 },
});

export function SignInPage() {
  const styles = useStyles();
  const navigate = useNavigate();
  const queries = useQueryClient();
  const [code] = useState(() => readCode(window.location.hash));
  const [failure, setFailure] = useState<unknown>(undefined);
  const spent = useRef(false);
  useEffect(() => {
    document.title = "Sign in - Cynosure";
    // Out of the address before anything else: history and whoever looks on do not keep it.
    if (window.location.hash !== "") window.history.replaceState(window.history.state, "", window.location.pathname);
    if (code === undefined || spent.current) return;
    spent.current = true;
    signIn(code).then(
      () => {
        queries.clear();
        void navigate("/", { replace: true });
      },
      (reason: unknown) => setFailure(reason),
    );
  }, [code, navigate, queries]);
  const isWaiting = code !== undefined && failure === undefined;
  return (
    <main className={styles.root}>
      <Card className={styles.card}>
        <h1 className={styles.title}>Sign in to Cynosure</h1>
        {isWaiting ? <Waiting what="Signing in" /> : null}
        {failure === undefined ? null : <Failure error={failure} doing="sign in" />}
        {isWaiting ? null : (
          <Body1>
            <code>npm start</code> prints an address that opens the portal signed in, and <code>npx cynosure portal</code> prints a fresh one. An address works once, for five minutes; the session then lasts for eight hours.
          </Body1>
        )}
      </Card>
    </main>
  );
}
