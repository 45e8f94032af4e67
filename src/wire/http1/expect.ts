import { type Fault, faults } from "./fault.ts";
import { Field } from "./field.ts";
import type { Head } from "./head.ts";

/**
 * "A server that receives an Expect field value containing a member other than 100-continue MAY respond with a 417"
 * (RFC 9110 section 10.1.1).
 */
export function judgeExpectation(head: Head): Fault | undefined {
  const expect = head.joined(Field.expect);
  return expect === undefined || expect.toLowerCase() === "100-continue" ? undefined : faults.expect;
}
