// Fluent's styles and themes for everything below, under the page's strict content security policy: style tags carry
// the nonce that the server put into index.html. The chosen theme is kept in this browser only.
import { FluentProvider, RendererProvider, createDOMRenderer, webDarkTheme, webLightTheme } from "@fluentui/react-components";
import type { Theme } from "@fluentui/react-components";
import { createContext, useCallback, useContext, useEffect, useMemo, useState, useSyncExternalStore } from "react";
import type { ReactNode } from "react";
import { readChoice, themeOf } from "./theme.ts";
import type { ThemeChoice, ThemeName } from "./theme.ts";

const STORAGE_KEY = "cynosure-theme";
const themes: Readonly<Record<ThemeName, Theme>> = { light: webLightTheme, dark: webDarkTheme };

interface LookState {
  readonly choice: ThemeChoice;
  readonly theme: ThemeName;
  readonly choose: (choice: ThemeChoice) => void;
}

const LookContext = createContext<LookState | null>(null);

export function useLook(): LookState {
  const state = useContext(LookContext);
  if (state === null) throw new Error("useLook is used outside of Look");
  return state;
}

const darkQuery = window.matchMedia("(prefers-color-scheme: dark)");
const subscribe = (onChange: () => void): (() => void) => {
  darkQuery.addEventListener("change", onChange);
  return () => darkQuery.removeEventListener("change", onChange);
};

/** Vite writes the nonce into a meta tag; a script may read the property but not the attribute. */
function makeRenderer() {
  const nonce = document.querySelector<HTMLMetaElement>("meta[property=csp-nonce]")?.nonce;
  return createDOMRenderer(document, nonce === undefined || nonce === "" ? {} : { styleElementAttributes: { nonce } });
}

export function Look({ children }: { readonly children: ReactNode }) {
  const [renderer] = useState(makeRenderer);
  const [choice, setChoice] = useState(() => readChoice(localStorage.getItem(STORAGE_KEY)));
  const systemIsDark = useSyncExternalStore(subscribe, () => darkQuery.matches);
  const theme = themeOf(choice, systemIsDark);
  const choose = useCallback((next: ThemeChoice) => {
    localStorage.setItem(STORAGE_KEY, next);
    setChoice(next);
  }, []);
  useEffect(() => {
    // Scroll bars, form controls and the page behind the app follow.
    document.documentElement.style.colorScheme = theme;
    document.body.style.background = themes[theme].colorNeutralBackground2;
  }, [theme]);
  const state = useMemo(() => ({ choice, theme, choose }), [choice, theme, choose]);
  return (
    <RendererProvider renderer={renderer} targetDocument={document}>
      <FluentProvider theme={themes[theme]} style={{ height: "100%" }}>
        <LookContext.Provider value={state}>{children}</LookContext.Provider>
      </FluentProvider>
    </RendererProvider>
  );
}
