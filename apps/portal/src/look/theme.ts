// Which of the two themes is shown: what the person chose, else what the system says. Pure.

export type ThemeName = "light" | "dark";
/** What the person chose; `system` follows the operating system. */
export type ThemeChoice = "system" | ThemeName;

export const themeChoices: readonly { readonly value: ThemeChoice; readonly label: string }[] = [
  { value: "system", label: "As the system" },
  { value: "light", label: "Light" },
  { value: "dark", label: "Dark" },
];

export const readChoice = (stored: string | null): ThemeChoice => (stored === "light" || stored === "dark" ? stored : "system");

export const themeOf = (choice: ThemeChoice, systemIsDark: boolean): ThemeName => (choice === "system" ? (systemIsDark ? "dark" : "light") : choice);
