/** Powers of ten and of two that a quantity may end in (apimachinery `resource.Quantity`). */
const factors: Readonly<Record<string, number>> = {
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  "": 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
  Ei: 2 ** 60,
};

const FORM = /^([+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+))(?:[eE]([+-]?[0-9]{1,3})|([numkMGTPE]|[KMGTPE]i)?)$/;

/** Longer ones are a mistake or an attack. */
const MAX_LENGTH = 64;

/** In units, as near as a number comes to it: good for comparing. `undefined` for what is no quantity. */
export function quantityValue(quantity: unknown): number | undefined {
  if (typeof quantity === "number") return Number.isFinite(quantity) ? quantity : undefined;
  if (typeof quantity !== "string" || quantity.length > MAX_LENGTH) return undefined;
  const match = FORM.exec(quantity);
  if (match === null) return undefined;
  const [, digits, exponent, suffix = ""] = match;
  return exponent === undefined ? Number(digits) * factors[suffix]! : Number(`${digits}e${exponent}`);
}

/** What is wrong with a quantity, if anything is. */
export function quantityFault(quantity: unknown): string | undefined {
  if (typeof quantity !== "string" && typeof quantity !== "number") {
    return "Expected a quantity such as 500m, 2 or 1Gi";
  }
  if (quantityValue(quantity) !== undefined) return undefined;
  const shown = JSON.stringify(String(quantity).slice(0, MAX_LENGTH));
  return `${shown} is not a quantity: a number with or without one of the units n u m k M G T P E Ki Mi Gi Ti Pi Ei`;
}
