import type { Agent } from "node:http";

/** PEM, certificate first, then those that signed it. */
export interface ClientCertificate {
  readonly certificate: string;
  readonly key: string;
}

/** Who we say we are. */
export interface Credentials {
  /** Value of the `Authorization` header. */
  readonly authorization?: string;
  readonly clientCertificate?: ClientCertificate;
  /** Further headers, in lower case: whom to act as. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Goes through a proxy, with the certificates above. */
  readonly agent?: Agent;
}

/** Where an API server is, how we know that it is the right one, and who we are to it. */
export interface Connection {
  /** A path in it (as in front of many clusters behind one proxy) goes before all of ours. */
  readonly server: URL;
  /** PEM of the authorities to trust; those of the system unless given. */
  readonly ca?: string;
  /** Name in the server's certificate, when it is not that of the URL. */
  readonly serverName?: string;
  /** Any certificate will do. Only when the user said so. */
  readonly insecure?: boolean;
  /** Where objects go that name no namespace. */
  readonly namespace: string;
  /** Asks for lists in gzip: for servers across a network. */
  readonly compress?: boolean;
  /**
   * @param renew The last ones were refused with 401, or are old: read the file again, run the plugin again.
   * Rejects with an error that says what the user can do.
   */
  credentials?(renew: boolean): Promise<Credentials>;
}

/** Milliseconds after which credentials are looked up again: tokens in files are replaced while we run. */
const CREDENTIALS_FRESH = 60_000;
/** Milliseconds between two renewals because of a 401: a plugin is a process, and may open a browser. */
const RENEWAL_PAUSE = 10_000;

const none: Credentials = {};

/** One lookup at a time, however many requests wait for it. */
export class CredentialKeeper {
  private readonly connection: Connection;
  private kept: Credentials | undefined;
  private keptAt = -Infinity;
  private renewedAt = -Infinity;
  private lookup: Promise<Credentials> | undefined;

  constructor(connection: Connection) {
    this.connection = connection;
  }

  /** Those to use now. When they cannot be looked up again, the old ones stay until they are refused. */
  async current(): Promise<Credentials> {
    if (this.connection.credentials === undefined) return none;
    const { kept } = this;
    if (kept !== undefined && performance.now() - this.keptAt < CREDENTIALS_FRESH) return kept;
    try {
      return await this.look(false);
    } catch (error) {
      if (kept === undefined) throw error;
      return kept;
    }
  }

  /** Newer ones than these, which were answered with 401; `undefined` when there are none to be had now. */
  async after(refused: Credentials): Promise<Credentials | undefined> {
    if (this.connection.credentials === undefined) return undefined;
    if (this.kept !== refused && this.kept !== undefined) return this.kept;
    if (this.lookup === undefined && performance.now() - this.renewedAt < RENEWAL_PAUSE) return undefined;
    this.renewedAt = performance.now();
    const renewed = await this.look(true);
    return renewed === refused ? undefined : renewed;
  }

  private async look(renew: boolean): Promise<Credentials> {
    this.lookup ??= this.connection.credentials!(renew);
    try {
      this.kept = await this.lookup;
      this.keptAt = performance.now();
      return this.kept;
    } finally {
      this.lookup = undefined;
    }
  }
}
