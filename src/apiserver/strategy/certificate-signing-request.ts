import { objectIn } from "../objects/meta.ts";
import type { Strategy } from "../objects/write.ts";

/** Requests for certificates name who asks by the server's own knowledge, and are approved apart. */
export const certificateSigningRequestStrategy: Strategy = {
  withoutGeneration: true,
  create: (object, { write: { user } }) => ({
    ...object,
    spec: {
      ...objectIn(object, "spec"),
      username: user.name,
      groups: user.groups,
      ...(user.uid !== undefined && { uid: user.uid }),
      ...(user.extra !== undefined && { extra: user.extra }),
    },
    status: {},
  }),
  keepsStatus: true,
  update: (object, live, { write }) => {
    if (write.subresource !== "approval") return { ...object, spec: live["spec"] };
    const { conditions } = objectIn(object, "status");
    return { ...live, metadata: object["metadata"], status: { ...objectIn(live, "status"), conditions } };
  },
};
