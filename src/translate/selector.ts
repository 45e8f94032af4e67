import type { NamespaceSelector } from "../resources/gateway/namespace-selector.ts";

type Requirement = NonNullable<NamespaceSelector["matchExpressions"]>[number];

export type Labels = Readonly<Record<string, string>>;

const labelName = /^([a-z0-9]([-a-z0-9.]*[a-z0-9])?\/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/;
const labelValue = /^([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?$/;

/** What is wrong with a selector; undefined when it can be evaluated. */
export function selectorFault(selector: NamespaceSelector): string | undefined {
  for (const [key, value] of Object.entries(selector.matchLabels ?? {})) {
    if (!labelName.test(key)) return `matchLabels: "${key}" is not a label name`;
    if (!labelValue.test(value)) return `matchLabels: "${value}" is not a label value`;
  }
  for (const { key, operator, values = [] } of selector.matchExpressions ?? []) {
    if (!labelName.test(key)) return `matchExpressions: "${key}" is not a label name`;
    if (operator === "In" || operator === "NotIn") {
      if (values.length === 0) return `matchExpressions: ${operator} needs values`;
    } else if (operator === "Exists" || operator === "DoesNotExist") {
      if (values.length > 0) return `matchExpressions: ${operator} takes no values`;
    } else return `matchExpressions: "${operator}" is not an operator`;
  }
  return undefined;
}

/** Of a selector without fault. */
export function selects(selector: NamespaceSelector, labels: Labels): boolean {
  for (const [key, value] of Object.entries(selector.matchLabels ?? {})) {
    if (valueOf(labels, key) !== value) return false;
  }
  return (selector.matchExpressions ?? []).every((requirement) => holds(requirement, labels));
}

function holds({ key, operator, values = [] }: Requirement, labels: Labels): boolean {
  const value = valueOf(labels, key);
  if (operator === "In") return value !== undefined && values.includes(value);
  if (operator === "NotIn") return value === undefined || !values.includes(value);
  return operator === "Exists" ? value !== undefined : value === undefined;
}

function valueOf(labels: Labels, key: string): string | undefined {
  return Object.hasOwn(labels, key) ? labels[key] : undefined;
}
