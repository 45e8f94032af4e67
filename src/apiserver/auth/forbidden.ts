import { resourceName } from "../../resources/kind.ts";
import { ApiError } from "../error.ts";
import type { Attributes } from "./policy-rule.ts";
import type { User } from "./user.ts";

/** The refusal of a request that no rule allows. @param why Added when there is more to say than that. */
export function forbidden(user: User, attributes: Attributes, why?: string): ApiError {
  const { verb, group, resource, subresource, namespace, name, path } = attributes;
  const detail = why === undefined ? "" : `: ${why}`;
  if (path !== undefined)
    return new ApiError(
      "Forbidden",
      `forbidden: user "${user.name}" may not ${verb} path "${path}"${detail}`,
    );
  const what = resourceName({ group, plural: resource }) + (subresource === "" ? "" : `/${subresource}`);
  const which = name === "" ? "" : ` "${name}"`;
  const where = namespace === "" ? "at the cluster scope" : `in namespace "${namespace}"`;
  return new ApiError(
    "Forbidden",
    `${what}${which} is forbidden: user "${user.name}" may not ${verb} it ${where}${detail}`,
    { group, kind: resource, ...(name !== "" && { name }) },
  );
}
