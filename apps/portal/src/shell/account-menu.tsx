// Who is signed in, the theme, and signing out.
import { Button, Menu, MenuDivider, MenuGroup, MenuGroupHeader, MenuItem, MenuItemRadio, MenuList, MenuPopover, MenuTrigger, makeStyles, tokens } from "@fluentui/react-components";
import { PersonCircleRegular } from "@fluentui/react-icons";
import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "react-router";
import { useApi } from "../api/session-gate.tsx";
import { signOut } from "../api/session.ts";
import { useLook } from "../look/look.tsx";
import { readChoice, themeChoices } from "../look/theme.ts";

const onBrand = { color: tokens.colorNeutralForegroundOnBrand };
const useStyles = makeStyles({ button: { ...onBrand, ":hover": { ...onBrand, backgroundColor: tokens.colorBrandBackgroundHover }, ":hover:active": onBrand } });

export function AccountMenu() {
  const styles = useStyles();
  const { session } = useApi();
  const { choice, choose } = useLook();
  const queries = useQueryClient();
  const navigate = useNavigate();
  const leave = async (): Promise<void> => {
    await signOut().catch(() => undefined); // gone or not reachable: this browser forgets what it showed all the same
    queries.clear();
    await navigate("/sign-in");
  };
  return (
    <Menu checkedValues={{ theme: [choice] }} onCheckedValueChange={(_, { checkedItems }) => choose(readChoice(checkedItems[0] ?? null))}>
      <MenuTrigger disableButtonEnhancement>
        <Button appearance="subtle" className={styles.button} icon={<PersonCircleRegular />} aria-label={`${session.principal.displayName}: account and theme`}>
          {session.principal.displayName}
        </Button>
      </MenuTrigger>
      <MenuPopover>
        <MenuList>
          <MenuGroup>
            <MenuGroupHeader>Theme</MenuGroupHeader>
            {themeChoices.map(({ value, label }) => (
              <MenuItemRadio key={value} name="theme" value={value}>
                {label}
              </MenuItemRadio>
            ))}
          </MenuGroup>
          <MenuDivider />
          <MenuItem onClick={() => void leave()}>Sign out</MenuItem>
        </MenuList>
      </MenuPopover>
    </Menu>
  );
}
