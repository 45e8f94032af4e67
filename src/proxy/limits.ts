/** Every time and size of the data plane that is not the codec's (see `wire/http1/limits.ts`). Times are milliseconds. */

/** From the first byte of a head to its last, and from the connection to the first byte. Answered with 408. */
export const headTimeout = 10_000;

/** A client connection between two requests. Longer than the 60 s after which most load balancers in front give up. */
export const clientIdleTimeout = 75_000;

/** A client that neither sends the body that it announced nor reads the answer. */
export const clientStallTimeout = 60_000;

/** A connection to an endpoint that waits in the pool; a shorter `Keep-Alive: timeout=` of the endpoint goes before it. */
export const upstreamIdleTimeout = 60_000;

/** From the start of a connection to an endpoint until it stands. */
export const connectTimeout = 5_000;

/** Endpoints that are tried when no connection can be made; the request has not left this process then. */
export const maxConnectAttempts = 3;

/** Bytes of a request's body that are kept for another try where the route wants one. */
export const maxReplayBytes = 64 * 1024;

/** Pause before the first other try where the route names none, and by how much pauses grow at most. */
export const firstRetryPause = 25;
export const mostRetryPauses = 10;

/** Copies of requests that are on their way to one mirror, per worker: further ones are not made. */
export const maxCopies = 256;

/**
 * Bytes of a copy that wait for a mirror which takes them slowly, or has no connection yet; with more the copy is given up, since
 * the request itself must not wait. Large enough for a burst while the windows of HTTP/2 open.
 */
export const maxCopyBacklog = 1024 * 1024;

/** The same for all copies of one worker together. */
export const maxCopiesBacklog = 16 * 1024 * 1024;

/** A mirror that neither takes the copy nor finishes its answer for so long costs no more than that. */
export const copyTimeout = 15_000;

/** Bytes of an answer that nobody wants which are read for the sake of its connection; a larger one is cut. */
export const maxDroppedAnswerBytes = 1024 * 1024;

/** How long such an answer may take when another attempt is made in its place. */
export const droppedAnswerTimeout = 5_000;

/** Idle connections that are kept to one endpoint, per worker. */
export const maxIdlePerEndpoint = 256;

/** After an answer that ends the connection, what the client still sends is read and dropped for so long ... */
export const lingerTimeout = 2_000;
/** ... and up to so many bytes, so that the answer is not lost to a reset (RFC 9112 section 9.6). */
export const lingerBytes = 1024 * 1024;

/** Bytes that are read at once. One buffer of this size serves all connections that do not move large bodies. */
export const readBufferBytes = 64 * 1024;

/**
 * Bytes that a connection with a large body reads at once, into a buffer of its own for as long as the body lasts. A quarter of
 * the system calls, and half of the CPU time, that the small buffer takes for 1 MiB.
 */
export const bulkBufferBytes = 256 * 1024;

/** Buffers of that size in one worker: 32 MiB. Bodies beyond them go through buffers of the small size. */
export const maxBulkBuffers = 128;

/** Head and body up to this many bytes leave as one string in one write: Node writes up to 16 KiB without allocating. */
export const maxJoinedBytes = 16 * 1024;

/** Bytes that a client may send ahead (pipelining) before reading from it stops. */
export const maxPipelinedBytes = 64 * 1024;

/** Bytes that wait for a peer that reads slowly before reading from the other side stops. */
export const maxBacklogBytes = 64 * 1024;

/** Answers that wait for a client of HTTP/2 that asks and does not read: all its streams together. Then the connection is cut. */
export const maxUnreadBytes = 16 * 1024 * 1024;

/** Connections that the kernel holds for a worker before they are accepted. */
export const listenBacklog = 4096;

/** A relayed connection over which nothing passes. An hour, as the long-lived connections of databases and brokers want it. */
export const relayIdleTimeout = 60 * 60 * 1000;

/** How often it is looked at whether a peer has taken what was written to it before its connection is reset; less often where that takes long. */
export const departureLookInterval = 25;
export const maxDepartureLookInterval = 1_000;

/** How long a relayed connection may go on when its listener is gone. */
export const relayDrainTimeout = 10 * 60 * 1000;

/**
 * A UDP flow over which nothing passes in either direction. nginx gives it ten minutes and Envoy one. Every flow holds a socket and a
 * local port, of which there are few, and most flows are one question and its answer (DNS); protocols that keep a flow for long send
 * something at least twice a minute, because of the address translators on their way. A client that comes back gets the same endpoint.
 */
export const flowIdleTimeout = 60_000;

/** How often idle flows are looked for: a flow may live on for up to so much longer. */
export const flowSweepInterval = 1_000;

/**
 * Flows of all workers of a run together, each of which may have its share; with more the one that is missed the least goes. Each takes about 5 kB
 * and a socket besides, and Linux has 28,232 local ports for all processes of a machine: who invents sources must not take the last of them,
 * which questions to name servers need too.
 */
export const maxFlows = 16_384;

/** When draining, a flow over which nothing has passed for so long is over: clients of DNS ask again within that time. */
export const flowDrainTimeout = 5_000;

/** A datagram without an answer is sent to the next endpoint when nobody was there to get it, unless it is larger than most networks' packets. */
export const maxKeptDatagramBytes = 2_048;

/** Datagrams that a flow keeps while it has no socket yet, because the name of its endpoint is being looked up; and of all flows of a worker. */
export const maxWaitingDatagrams = 8;
export const maxWaitingBytes = 16 * 1024 * 1024;

/** Datagrams that the kernel did not take yet: of a listener, and of a flow towards its endpoint. More are dropped. */
export const maxListenerQueueBytes = 4 * 1024 * 1024;
export const maxUpstreamQueueBytes = 64 * 1024;

/** Datagrams that the kernel keeps until they are read, for bursts. Linux gives as much as `net.core.rmem_max` lets it. */
export const listenerReceiveBuffer = 4 * 1024 * 1024;
export const upstreamReceiveBuffer = 1024 * 1024;

/** The address of a name is used for so long, and so many are known: the system does not say how long they hold. */
export const nameLifetime = 10_000;
export const maxKnownNames = 1_024;

/** TCP keep-alive probes start after this much silence: finds peers that are gone without a word. */
export const keepAliveDelay = 30_000;

/** From a connection to a TLS listener until its keys are agreed on. */
export const handshakeTimeout = 10_000;

/** Bytes of a ClientHello. Those of browsers have 2 KiB at most, with the key shares of post-quantum groups. */
export const maxClientHelloBytes = 16 * 1024;

/**
 * Secure contexts (certificate, key and settings in OpenSSL's form) that one worker keeps: they are made when the first client
 * asks for them, and the one that was used longest ago goes first. About 30 kB each.
 */
export const maxSecureContexts = 1024;

/** One key encrypts session tickets for so long; for as long again they can be read. */
export const ticketKeyPeriod = 12 * 60 * 60 * 1000;

/** Seconds for which a client may resume a session. */
export const sessionLifetime = 2 * 60 * 60;

/** Sessions of backends that one worker keeps per set of TLS settings, one per endpoint. */
export const maxUpstreamSessions = 1024;

/** An authorization server that has not answered in full by then has not consented. */
export const authTimeout = 5_000;

/** Bytes of an authorization server's answer: a larger one is no consent. */
export const maxAuthAnswerBytes = 256 * 1024;

/** Bytes of bodies that wait for authorization servers, of all requests of one worker together. Further ones are answered with 503. */
export const maxHeldBodies = 64 * 1024 * 1024;
