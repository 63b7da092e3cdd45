/** `${NAME}` or `${NAME:-what holds when NAME is not set}`. */
const VARIABLE = /\$\{([A-Za-z_]\w*)(?::-([^}]*))?\}/g;

/**
 * Puts the values of variables into all texts of plain data.
 *
 * @param missing - told the name of each variable that is not set and has no default
 */
export function fillVariables(
  value: unknown,
  variables: Readonly<Record<string, string | undefined>>,
  missing: (name: string) => void,
): unknown {
  if (typeof value === 'string') {
    return value.replace(VARIABLE, (_, name: string, otherwise: string | undefined) => {
      const found = variables[name] ?? otherwise;
      if (found === undefined) missing(name);
      return found ?? '';
    });
  }
  if (Array.isArray(value)) return value.map((item) => fillVariables(item, variables, missing));
  if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) !== Object.prototype) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, fillVariables(item, variables, missing)]));
}
