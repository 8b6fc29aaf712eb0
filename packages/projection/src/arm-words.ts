// Words under which ARM has what no document of an engine names: what there is one of, orders that ARM's own verbs cannot say, and how
// a native name becomes one word of a URL.

/** The one name of a setting. */
export const SETTING_NAME = "default";

/** Orders that a type has whose engine operation takes what ARM's own verb cannot say: a name chosen by the engine, a body of a DELETE. */
export const CREATE_ACTION = "create";
export const DELETE_ACTION = "deleteWithOptions";
/** Where the engine has both: ARM's PUT sends what differs, this one the whole object. */
export const REPLACE_ACTION = "replace";

const hex = (byte: number): string => `~${byte.toString(16).padStart(2, "0").toUpperCase()}`;

/** Every character that `other` matches, which is global and by code points, as `~` and two hex digits for each of its bytes. */
export const escapeChars = (text: string, other: RegExp): string => text.replaceAll(other, (char) => [...new TextEncoder().encode(char)].map(hex).join(""));

/** The same of the first character, which is one byte: for words that would mean something else as they are. */
export const escapeFirst = (text: string): string => `${hex(text.charCodeAt(0))}${text.slice(1)}`;

/** `.` and `..` are places and no names. */
export const isDotSegment = (text: string): boolean => /^\.{1,2}$/.test(text);
