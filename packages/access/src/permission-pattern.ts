// Names of permissions with `*` for any run of characters, slashes included, case-insensitive. No regular
// expression is made of what users write: many stars in one would cost time without bound.

export type PermissionPattern = (permissionLower: string) => boolean;

export function compilePattern(pattern: string): PermissionPattern {
  const parts = pattern.toLowerCase().split("*");
  const [first = "", ...rest] = parts;
  const last = rest.pop();
  if (last === undefined) return (permission) => permission === first;
  if (first === "" && last === "" && rest.every((part) => part === "")) return () => true;
  return (permission) => {
    if (!permission.startsWith(first) || !permission.endsWith(last) || permission.length < first.length + last.length) return false;
    let at = first.length;
    const end = permission.length - last.length;
    for (const part of rest) {
      const found = permission.indexOf(part, at);
      if (found < 0 || found + part.length > end) return false;
      at = found + part.length;
    }
    return true;
  };
}
