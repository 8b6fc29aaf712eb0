// Which permissions are about data and credentials and not about the resource that holds them: they count in a
// role's dataActions only, so that `*` among its actions does not give them. Every later one is named here.

export const dataActions: readonly string[] = ["Cynosure.Storage/clusters/listCredentials/action"];

const known = new Set(dataActions.map((name) => name.toLowerCase()));

export const isDataAction = (permission: string): boolean => known.has(permission.toLowerCase());
