import { randomUUID } from "node:crypto";
import type { JsonObject } from "../../resources/json.ts";
import { apiVersionOf, resourceName, type Kind } from "../../resources/kind.ts";
import type { Admission, AdmissionRequest } from "../admission/admission.ts";
import { serverSideApply } from "../apply/apply.ts";
import { trackUpdate } from "../apply/update.ts";
import { ApiError } from "../error.ts";
import type { Registry, ServedKind } from "../registry.ts";
import type { Row, Store } from "../storage/store.ts";
import { decode, encode, storedAs, toStored, toVersion } from "./codec.ts";
import {
  alreadyExists,
  conflict,
  MODIFIED,
  definitionTerminating,
  notFound,
  namespaceTerminating,
} from "./fault.ts";
import { isDone, requireNoNewFinalizers } from "./finalizers.ts";
import { generatedName } from "./generated-name.ts";
import { isNewGeneration, keepOtherHalf } from "./halves.ts";
import {
  metaOf,
  timestamp,
  wantedVersion,
  withField,
  withMeta,
  withoutEmptyMeta,
  type Meta,
} from "./meta.ts";
import { resetFields } from "./reset-fields.ts";
import type { Strategies } from "./strategies.ts";
import { isSame } from "./same.ts";
import { checkObject } from "./validation.ts";
import type { Strategy, Write, WriteContext } from "./write.ts";

export interface ObjectsOptions {
  readonly store: Store;
  readonly registry: Registry;
  readonly strategies: Strategies;
  readonly admission: Admission;
  readonly now: () => Date;
}

/** One write that is durable. */
export interface ObjectChange {
  readonly kind: Kind;
  readonly namespace: string;
  readonly name: string;
  /** In the version that it was written in; absent when it is gone. */
  readonly object?: JsonObject;
  readonly previous?: JsonObject;
}

/** An object that server-side apply wants: `merged` is made from what is there. */
export interface Applied {
  readonly object: JsonObject;
  readonly force: boolean;
}

export interface Written {
  readonly object: JsonObject;
  readonly created: boolean;
}

const MAX_NAME_TRIES = 8;
const DEFINITIONS = "customresourcedefinitions.apiextensions.k8s.io";

/**
 * Every read and write of objects, whoever asks: requests and the server's own controllers. A write is prepared,
 * validated, admitted and stored within one turn of the event loop, so nothing comes between.
 */
export class Objects {
  readonly store: Store;
  readonly registry: Registry;
  readonly now: () => Date;
  private readonly strategies: Strategies;
  private readonly admission: Admission;
  private readonly observers = new Set<(change: ObjectChange) => void>();

  constructor(options: ObjectsOptions) {
    this.store = options.store;
    this.registry = options.registry;
    this.strategies = options.strategies;
    this.admission = options.admission;
    this.now = options.now;
  }

  row(kind: Kind, namespace: string, name: string): Row | undefined {
    return this.store.read(storedAs(kind), namespace, name);
  }

  find(served: ServedKind, namespace: string, name: string): JsonObject | undefined {
    const row = this.row(served.kind, namespace, name);
    return row === undefined ? undefined : decode(row, served);
  }

  get(served: ServedKind, namespace: string, name: string): JsonObject {
    const object = this.find(served, namespace, name);
    if (object === undefined) throw notFound(served.kind, name);
    return object;
  }

  /** Calls `observer` after every durable write, within its turn; returns what ends that. */
  observe(observer: (change: ObjectChange) => void): () => void {
    this.observers.add(observer);
    return () => this.observers.delete(observer);
  }

  /** Throws when a policy refuses the write. */
  admit(request: AdmissionRequest): void {
    this.admission.admit(request);
  }

  strategyOf(kind: Kind): Strategy {
    return this.strategies.of(kind);
  }

  create(served: ServedKind, namespace: string, input: JsonObject, write: Write): JsonObject {
    const { kind, version } = served;
    const context = this.contextOf(served, write);
    const given = metaOf(input);
    if (wantedVersion(given) !== undefined) {
      throw new ApiError("BadRequest", "resourceVersion should not be set on objects to be created");
    }
    const name = this.nameFor(kind, namespace, given);
    this.checkNamespace(kind, namespace, name);
    this.checkDefinition(kind);
    const strategy = this.strategyOf(kind);
    let object = withMeta(withoutEmptyMeta(input), {
      name,
      namespace: kind.namespaced ? namespace : undefined,
      uid: randomUUID(),
      resourceVersion: undefined,
      selfLink: undefined,
      creationTimestamp: timestamp(context.now),
      deletionTimestamp: undefined,
      deletionGracePeriodSeconds: undefined,
      generation: strategy.withoutGeneration ? undefined : 1,
    });
    if (version.status && strategy.keepsStatus !== true) object = withField(object, "status", undefined);
    if (strategy.create !== undefined) object = strategy.create(object, context);
    object = checkObject(object, undefined, strategy, context);
    if (this.row(kind, namespace, name) !== undefined) throw alreadyExists(kind, name);
    if (write.operation !== "Apply") {
      object = trackUpdate({
        updated: object,
        schema: version.schema,
        apiVersion: apiVersionOf(kind.group, version.name),
        manager: write.manager,
        now: timestamp(context.now),
        resetFields: resetFields(served, write.subresource),
      });
    }
    this.admit({ operation: "CREATE", served, object, namespace, name, write });
    return this.save(object, undefined, namespace, name, strategy, context);
  }

  /**
   * @param next Makes the wanted object from the one that is there; what it must not change is put back.
   */
  update(
    served: ServedKind,
    namespace: string,
    name: string,
    next: (live: JsonObject) => JsonObject,
    write: Write,
  ): JsonObject {
    const live = this.get(served, namespace, name);
    return this.replace(served, namespace, name, live, next(live), write);
  }

  /** Server-side apply: creates what is not there. */
  apply(
    served: ServedKind,
    namespace: string,
    name: string,
    { object: wished, force }: Applied,
    write: Write,
  ): Written {
    const applied = withoutEmptyMeta(wished);
    const { kind, version } = served;
    const live = this.find(served, namespace, name);
    if (live === undefined && write.subresource !== undefined) throw notFound(kind, name);
    const given = metaOf(applied);
    if (live === undefined && given.uid !== undefined) {
      throw conflict(
        kind,
        name,
        `uid mismatch: the provided object specified uid ${given.uid}, and no existing object was found`,
      );
    }
    const merged = serverSideApply({
      ...(live !== undefined && { live }),
      applied,
      schema: version.schema,
      apiVersion: apiVersionOf(kind.group, version.name),
      manager: write.manager,
      force: force || (live !== undefined && this.strategyOf(kind).givesWay?.(live) === true),
      now: timestamp(this.now()),
      ...(write.subresource !== undefined && { subresource: write.subresource }),
      resetFields: resetFields(served, write.subresource),
    });
    const apply = { ...write, operation: "Apply" } as const;
    if (live === undefined) {
      const fresh = withMeta(merged, { resourceVersion: undefined, uid: undefined });
      return { object: this.create(served, namespace, withMeta(fresh, { name }), apply), created: true };
    }
    const wanted = withMeta(merged, { resourceVersion: given.resourceVersion });
    return { object: this.replace(served, namespace, name, live, wanted, apply), created: false };
  }

  private replace(
    served: ServedKind,
    namespace: string,
    name: string,
    live: JsonObject,
    wanted: JsonObject,
    write: Write,
  ): JsonObject {
    const { kind, version } = served;
    const context = this.contextOf(served, write);
    const liveMeta = metaOf(live);
    const given = metaOf(wanted);
    const wantedRevision = wantedVersion(given);
    if (wantedRevision !== undefined && wantedRevision !== liveMeta.resourceVersion)
      throw conflict(kind, name, MODIFIED);
    if (given.uid !== undefined && given.uid !== liveMeta.uid) {
      throw conflict(
        kind,
        name,
        `Precondition failed: UID in precondition: ${given.uid}, UID in object meta: ${liveMeta.uid ?? ""}`,
      );
    }
    if (given.name !== undefined && given.name !== name) {
      throw new ApiError(
        "BadRequest",
        `the name of the object (${given.name}) does not match the name on the URL (${name})`,
      );
    }
    const strategy = this.strategyOf(kind);
    let object = withMeta(withoutEmptyMeta(wanted), {
      name,
      namespace: kind.namespaced ? namespace : undefined,
      uid: liveMeta.uid,
      resourceVersion: liveMeta.resourceVersion,
      selfLink: undefined,
      creationTimestamp: liveMeta.creationTimestamp,
      deletionTimestamp: liveMeta.deletionTimestamp,
      deletionGracePeriodSeconds: liveMeta.deletionGracePeriodSeconds,
      generation: liveMeta.generation,
      ...(given.generateName === undefined && { generateName: liveMeta.generateName }),
    });
    requireNoNewFinalizers(
      kind,
      name,
      liveMeta.finalizers,
      metaOf(object).finalizers,
      liveMeta.deletionTimestamp,
    );
    object = keepOtherHalf(object, live, served, write.subresource);
    if (strategy.update !== undefined) object = strategy.update(object, live, context);
    object = checkObject(object, live, strategy, context);
    if (strategy.withoutGeneration !== true && isNewGeneration(object, live, version.status)) {
      object = withMeta(object, { generation: (liveMeta.generation ?? 0) + 1 });
    }
    if (write.operation !== "Apply") {
      object = trackUpdate({
        live,
        updated: object,
        schema: version.schema,
        apiVersion: apiVersionOf(kind.group, version.name),
        manager: write.manager,
        now: timestamp(context.now),
        ...(write.subresource !== undefined && { subresource: write.subresource }),
        resetFields: resetFields(served, write.subresource),
      });
    }
    this.admit({ operation: "UPDATE", served, object, oldObject: live, namespace, name, write });
    if (isDone(object, strategy)) return this.discard(served, namespace, name, object, write.dryRun);
    if (isSame(object, live)) return live;
    return this.save(object, live, namespace, name, strategy, context);
  }

  /** Takes the object out of the store, whatever its finalizers say; its last state is returned. */
  discard(
    served: ServedKind,
    namespace: string,
    name: string,
    last: JsonObject,
    dryRun: boolean,
  ): JsonObject {
    if (dryRun) return last;
    const stored = toStored(last, served.kind);
    const row = this.store.remove(storedAs(served.kind), namespace, name, (revision) =>
      encode(stored, revision),
    );
    this.strategyOf(served.kind).removed?.(last, this);
    this.notify({ kind: served.kind, namespace, name, previous: last });
    return decode(row, served);
  }

  /** Stores an object that waits for its end. */
  mark(
    served: ServedKind,
    namespace: string,
    name: string,
    stored: JsonObject,
    live: JsonObject,
  ): JsonObject {
    const resource = storedAs(served.kind);
    const row = this.store.write(resource, namespace, name, (revision) => encode(stored, revision));
    const object = decode(row, served);
    this.notify({ kind: served.kind, namespace, name, object, previous: live });
    return object;
  }

  private save(
    object: JsonObject,
    live: JsonObject | undefined,
    namespace: string,
    name: string,
    strategy: Strategy,
    context: WriteContext,
  ): JsonObject {
    const { served, write } = context;
    const stored = toStored(object, served.kind);
    if (write.dryRun) return toVersion(stored, served);
    const resource = storedAs(served.kind);
    const row = this.store.write(resource, namespace, name, (revision) => encode(stored, revision));
    const written = withMeta(object, { resourceVersion: String(row.revision) });
    strategy.written?.(written, live, context);
    this.notify({ kind: served.kind, namespace, name, object: written, ...(live && { previous: live }) });
    return toVersion(
      { ...written, apiVersion: apiVersionOf(served.kind.group, served.version.name) },
      served,
    );
  }

  private notify(change: ObjectChange): void {
    for (const observer of this.observers) observer(change);
  }

  private contextOf(served: ServedKind, write: Write): WriteContext {
    return { objects: this, served, write, now: this.now() };
  }

  /** The name that is given, or a free one that begins with `generateName`. */
  private nameFor(kind: Kind, namespace: string, { name = "", generateName = "" }: Meta): string {
    if (name !== "") return name;
    if (generateName === "") throw new ApiError("BadRequest", "name or generateName is required");
    for (let tries = 1; ; tries++) {
      const generated = generatedName(generateName);
      if (tries === MAX_NAME_TRIES || this.row(kind, namespace, generated) === undefined) return generated;
    }
  }

  /** Nor may the definition of their kind be on its way out: it waits until none of them is left. */
  private checkDefinition(kind: Kind): void {
    const text = this.store.read(DEFINITIONS, "", resourceName(kind))?.text;
    // Definitions are long, and hardly one of them is being deleted: it need not be parsed.
    if (text === undefined || !text.includes('"deletionTimestamp"')) return;
    if (metaOf(JSON.parse(text) as JsonObject).deletionTimestamp !== undefined)
      throw definitionTerminating(kind);
  }

  /** New objects need a namespace that is there and not on its way out. */
  private checkNamespace(kind: Kind, namespace: string, name: string): void {
    if (!kind.namespaced) return;
    if (namespace === "")
      throw new ApiError("BadRequest", "an empty namespace may not be set during creation");
    const namespaces = this.registry.findResource("", "namespaces");
    const row = this.store.read("namespaces", "", namespace);
    if (row === undefined) {
      throw namespaces === undefined
        ? new ApiError("NotFound", `namespaces "${namespace}" not found`)
        : notFound(namespaces, namespace);
    }
    if (metaOf(JSON.parse(row.text) as JsonObject).deletionTimestamp !== undefined) {
      throw namespaceTerminating(kind, name, namespace);
    }
  }
}
