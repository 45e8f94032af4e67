import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  randomUUID,
} from "node:crypto";
import { isJsonObject, type JsonObject } from "../../resources/json.ts";
import { ApiError } from "../error.ts";
import { jwkOf, readJwt, signJwt, type VerificationKey, verificationKey } from "./jwt.ts";
import { readIfThere, writePrivate } from "./private-file.ts";
import { authenticatedGroup, serviceAccountGroups, serviceAccountName, type User } from "./user.ts";

/** Issuer of the tokens that kube-controller-manager puts into Secrets. */
const secretIssuer = "kubernetes/serviceaccount";

/** Seconds; the limits of TokenRequest (authentication.k8s.io/v1). */
const leastExpiration = 600;
const mostExpiration = 2 ** 32;
/** Seconds by which clocks may differ, as kube-apiserver has it. */
const leeway = 60;

const MAX_SIGNED = 1000;

export interface ObjectId {
  readonly name: string;
  readonly uid: string;
}

export interface TokenOrder {
  readonly namespace: string;
  readonly serviceAccount: ObjectId;
  /** Those of the API server unless there are some. */
  readonly audiences?: readonly string[];
  readonly expirationSeconds: number;
  /** The token is worth nothing once this object, of the same namespace, is gone. */
  readonly boundObject?: ObjectId & { readonly kind: "Pod" | "Secret" | "Node" };
  /** Of a bound pod. */
  readonly node?: ObjectId;
}

/** The uid of an object that is there and not being deleted, as far as tokens are concerned. */
export type FindUid = (
  kind: "ServiceAccount" | "Pod" | "Secret" | "Node",
  namespace: string,
  name: string,
) => string | undefined;

export interface TokenOptions {
  /** `https://…`; who issues the tokens, in their own words. */
  readonly issuer: string;
  /** What the API server calls itself as an audience; the issuer unless given. */
  readonly audiences?: readonly string[];
  /** Where the private key (PKCS #8) is kept for the next start; without one it is new each time. */
  readonly keyPath?: string;
  /** PEM of further public keys, or of private keys, whose tokens are accepted: `--service-account-private-key-file` of kube-controller-manager. */
  readonly otherKeys?: readonly string[];
  readonly find: FindUid;
  /** Milliseconds since 1970. */
  readonly now?: () => number;
}

/** Tokens of service accounts: JSON Web Tokens, bound to the objects that they are for. */
export class ServiceAccountTokens {
  private readonly options: TokenOptions;
  private readonly privateKey: KeyObject;
  private readonly own: VerificationKey;
  private readonly keys: readonly VerificationKey[];
  private readonly audiences: readonly string[];
  /** Claims of tokens whose signature was found good; time and objects are looked at each time. */
  private readonly signed = new Map<string, JsonObject>();

  constructor(options: TokenOptions) {
    this.options = options;
    this.audiences = options.audiences ?? [options.issuer];
    this.privateKey = openKey(options.keyPath);
    this.own = verificationKey(this.privateKey);
    this.keys = [this.own, ...(options.otherKeys ?? []).map((pem) => verificationKey(createPublicKey(pem)))];
  }

  /** Throws `Invalid` when it would expire too soon or too late. */
  issue(order: TokenOrder): { readonly token: string; readonly expirationTimestamp: string } {
    const { namespace, serviceAccount, boundObject, node, expirationSeconds } = order;
    checkExpiration(expirationSeconds);
    const now = this.seconds();
    const bound = boundObject === undefined ? {} : { [boundObject.kind.toLowerCase()]: idOf(boundObject) };
    const claims = {
      aud: order.audiences === undefined || order.audiences.length === 0 ? this.audiences : order.audiences,
      exp: now + expirationSeconds,
      iat: now,
      iss: this.options.issuer,
      jti: randomUUID(),
      "kubernetes.io": {
        namespace,
        serviceaccount: idOf(serviceAccount),
        ...(node !== undefined && { node: idOf(node) }),
        ...bound,
      },
      nbf: now,
      sub: serviceAccountName(namespace, serviceAccount.name),
    };
    return {
      token: signJwt(claims, this.privateKey, this.own),
      expirationTimestamp: new Date(claims.exp * 1000).toISOString().replace(".000Z", "Z"),
    };
  }

  /**
   * Whose token this is, and for which of `audiences` (the API server's unless given) it is good; `undefined` when it
   * is none of ours, expired, for others, or one of its objects is gone.
   */
  verify(
    token: string,
    audiences: readonly string[] = this.audiences,
  ): { readonly user: User; readonly audiences: readonly string[] } | undefined {
    const claims = this.read(token);
    if (claims === undefined) return undefined;
    const legacy = claims["iss"] === secretIssuer;
    if (!legacy && claims["iss"] !== this.options.issuer) return undefined;
    if (!this.isInTime(claims, legacy)) return undefined;
    const held = claims["aud"] === undefined && legacy ? this.audiences : [claims["aud"]].flat();
    const common = audiences.filter((audience) => held.includes(audience));
    const user = legacy ? this.userOfSecret(claims) : this.userOf(claims);
    return user === undefined || common.length === 0 ? undefined : { user, audiences: common };
  }

  /** `/openid/v1/jwks`. */
  get keySet(): JsonObject {
    return { keys: this.keys.map(jwkOf) };
  }

  /** `/.well-known/openid-configuration`. @param keySetUri Where `keySet` is to be had. */
  openidConfiguration(keySetUri: string): JsonObject {
    return {
      issuer: this.options.issuer,
      jwks_uri: keySetUri,
      response_types_supported: ["id_token"],
      subject_types_supported: ["public"],
      id_token_signing_alg_values_supported: [
        ...new Set(this.keys.map(({ algorithm }) => algorithm.name)),
      ].sort(),
    };
  }

  /** Signatures of tokens that come with every request are checked once. */
  private read(token: string): JsonObject | undefined {
    let claims = this.signed.get(token);
    if (claims !== undefined) return claims;
    claims = readJwt(token, this.keys);
    if (claims === undefined) return undefined;
    if (this.signed.size >= MAX_SIGNED) this.signed.clear();
    this.signed.set(token, claims);
    return claims;
  }

  private seconds(): number {
    return Math.floor((this.options.now ?? Date.now)() / 1000);
  }

  /** Only tokens in Secrets live until they are deleted. */
  private isInTime({ exp, nbf, iat }: JsonObject, legacy: boolean): boolean {
    const now = this.seconds();
    if (exp === undefined ? !legacy : typeof exp !== "number" || now > exp + leeway) return false;
    return [nbf, iat].every(
      (time) => time === undefined || (typeof time === "number" && now >= time - leeway),
    );
  }

  private userOf(claims: JsonObject): User | undefined {
    const bound = claims["kubernetes.io"];
    if (!isJsonObject(bound)) return undefined;
    const { namespace } = bound;
    const account = readId(bound["serviceaccount"]);
    if (typeof namespace !== "string" || account === undefined) return undefined;
    if (claims["sub"] !== serviceAccountName(namespace, account.name)) return undefined;
    const { find } = this.options;
    if (find("ServiceAccount", namespace, account.name) !== account.uid) return undefined;
    const extra: Record<string, readonly string[]> = {};
    if (typeof claims["jti"] === "string")
      extra["authentication.kubernetes.io/credential-id"] = [`JTI=${claims["jti"]}`];
    for (const kind of ["Pod", "Node", "Secret"] as const) {
      const claim = bound[kind.toLowerCase()];
      if (claim === undefined) continue;
      const object = readId(claim);
      if (object === undefined) return undefined;
      // The node of a pod is told, not asked for: the pod's end is the token's.
      const told = kind === "Node" && bound["pod"] !== undefined;
      if (!told && find(kind, kind === "Node" ? "" : namespace, object.name) !== object.uid) return undefined;
      if (kind === "Secret") continue;
      extra[`authentication.kubernetes.io/${kind.toLowerCase()}-name`] = [object.name];
      extra[`authentication.kubernetes.io/${kind.toLowerCase()}-uid`] = [object.uid];
    }
    return makeUser(namespace, account, extra);
  }

  private userOfSecret(claims: JsonObject): User | undefined {
    const [namespace, name, uid, secret] = [
      "namespace",
      "service-account.name",
      "service-account.uid",
      "secret.name",
    ].map((key) => claims[`kubernetes.io/serviceaccount/${key}`]);
    if (typeof namespace !== "string" || typeof name !== "string" || typeof uid !== "string")
      return undefined;
    if (typeof secret !== "string" || claims["sub"] !== serviceAccountName(namespace, name)) return undefined;
    const { find } = this.options;
    if (find("ServiceAccount", namespace, name) !== uid || find("Secret", namespace, secret) === undefined)
      return undefined;
    return makeUser(namespace, { name, uid }, {});
  }
}

function makeUser(
  namespace: string,
  { name, uid }: ObjectId,
  extra: Readonly<Record<string, readonly string[]>>,
): User {
  return {
    name: serviceAccountName(namespace, name),
    uid,
    groups: [...serviceAccountGroups(namespace), authenticatedGroup],
    ...(Object.keys(extra).length > 0 && { extra }),
  };
}

function idOf({ name, uid }: ObjectId): ObjectId {
  return { name, uid };
}

function readId(claim: unknown): ObjectId | undefined {
  if (!isJsonObject(claim)) return undefined;
  const { name, uid } = claim;
  return typeof name === "string" && typeof uid === "string" && uid !== "" ? { name, uid } : undefined;
}

function checkExpiration(seconds: number): void {
  if (Number.isInteger(seconds) && seconds >= leastExpiration && seconds <= mostExpiration) return;
  const field = "spec.expirationSeconds";
  const message = `${seconds} is not a number of seconds from ${leastExpiration} (10 minutes) to ${mostExpiration}`;
  throw new ApiError("Invalid", `${field}: ${message}`, {
    group: "authentication.k8s.io",
    kind: "TokenRequest",
    causes: [{ reason: "FieldValueInvalid", message, field }],
  });
}

function openKey(path: string | undefined): KeyObject {
  const kept = path === undefined ? undefined : readIfThere(path);
  if (kept !== undefined) {
    try {
      return createPrivateKey(kept);
    } catch (error) {
      throw new Error(`${path} holds no private key; restore it, or delete it to get a new one`, {
        cause: error,
      });
    }
  }
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  if (path !== undefined) writePrivate(path, privateKey.export({ type: "pkcs8", format: "pem" }));
  return privateKey;
}
