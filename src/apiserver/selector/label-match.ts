import { isJsonObject, type JsonObject } from "../../resources/json.ts";

/** Whether a `LabelSelector` object takes these labels; an empty one takes everything. */
export function matchesLabels(selector: JsonObject, labels: Readonly<Record<string, string>>): boolean {
  const { matchLabels, matchExpressions } = selector;
  if (isJsonObject(matchLabels)) {
    for (const [key, value] of Object.entries(matchLabels)) if (valueOf(labels, key) !== value) return false;
  }
  if (!Array.isArray(matchExpressions)) return true;
  return matchExpressions.every((each) => isJsonObject(each) && matchesExpression(each, labels));
}

function matchesExpression(
  { key, operator, values }: JsonObject,
  labels: Readonly<Record<string, string>>,
): boolean {
  const value = valueOf(labels, String(key));
  const listed = value !== undefined && Array.isArray(values) && values.includes(value);
  switch (operator) {
    case "In":
      return listed;
    case "NotIn":
      return !listed;
    case "Exists":
      return value !== undefined;
    case "DoesNotExist":
      return value === undefined;
    default:
      return false;
  }
}

function valueOf(labels: Readonly<Record<string, string>>, key: string): string | undefined {
  return Object.hasOwn(labels, key) ? labels[key] : undefined;
}
