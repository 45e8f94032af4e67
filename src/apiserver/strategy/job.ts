import { isJsonObject, type JsonObject } from "../../resources/json.ts";
import { metaOf, objectIn } from "../objects/meta.ts";
import type { Strategy } from "../objects/write.ts";

const UID_LABEL = "batch.kubernetes.io/controller-uid";
const NAME_LABEL = "batch.kubernetes.io/job-name";

/** A Job finds its pods by its own uid, unless whoever writes it brings a selector. */
export const jobStrategy: Strategy = {
  create: (object) => {
    const spec = objectIn(object, "spec");
    return spec["manualSelector"] === true ? object : { ...object, spec: withSelector(object, spec) };
  },
};

function withSelector(object: JsonObject, spec: JsonObject): JsonObject {
  const { name = "", uid = "" } = metaOf(object);
  const template = objectIn(spec, "template");
  const metadata = objectIn(template, "metadata");
  // The names without a prefix are older, and still looked for.
  const generated = { "controller-uid": uid, [UID_LABEL]: uid, "job-name": name, [NAME_LABEL]: name };
  const labels = { ...generated, ...objectIn(metadata, "labels") };
  const selector = isJsonObject(spec["selector"]) ? spec["selector"] : {};
  return {
    ...spec,
    selector: { ...selector, matchLabels: { [UID_LABEL]: uid, ...objectIn(selector, "matchLabels") } },
    template: { ...template, metadata: { ...metadata, labels } },
  };
}
