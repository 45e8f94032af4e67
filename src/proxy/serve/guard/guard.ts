import { Timer } from "../../../std/timer-wheel.ts";
import { Field } from "../../../wire/http1/field.ts";
import { Head } from "../../../wire/http1/head.ts";
import type { AuthStep } from "../../auth/auth.ts";
import { type Asker, AuthCheck } from "../../auth/check.ts";
import { compileFieldEdits } from "../../auth/field-edits.ts";
import { editQuery } from "../../auth/query-edits.ts";
import type { Consent, Denial, Verdict } from "../../auth/verdict.ts";
import { HeaderEdits, mergeEdits, NO_EDITS, NO_FIELDS } from "../../filter/header-edits.ts";
import { HeaderModifiers } from "../../filter/header-modifier.ts";
import { authTimeout } from "../../limits.ts";
import { fineTimers } from "../../timers.ts";
import { copyFields } from "../head/copy-fields.ts";
import { denialLines } from "../answer/denial.ts";
import type { RequestSource } from "../dispatch.ts";
import { HeldBody } from "./held-body.ts";
import type { Waiting } from "./waiting.ts";

/** One per worker: a head is parsed, acted upon and forgotten in one turn. */
const head = new Head();

/** Over `Field`: no line is left out. */
const nothing = new Uint8Array(32);
const noExpect = new HeaderEdits(new Set(["expect"]), "", []);

/** The head of a request with these edits, and with this target. */
export function editHead(from: Head, edits: HeaderEdits, target: string): string {
  const fields = copyFields(from, nothing, edits) + edits.lines(from);
  return `${from.method} ${target} HTTP/1.${from.minor}\r\n${fields}\r\n`;
}

/** The target of a request, as it stands in its head. */
export function targetOf({ text, targetStart, targetEnd }: Head): string {
  return text.slice(targetStart, targetEnd);
}

/** What there is to say of a request besides its head. */
export interface Guarded {
  readonly source: RequestSource;
  readonly method: string;
  /** In normal form, with its query. */
  readonly path: string;
  /** What the client asked for, "" for nothing. */
  readonly authority: string;
  /** Milliseconds for all of it, or 0. */
  readonly timeout: number;
  /** The body, when it was held for another guard. */
  readonly held: HeldBody | undefined;
}

/**
 * A request that waits for the consent of authorization servers, one after another (Gateway API, `HTTPExternalAuthFilter`). It holds the
 * head as text; nothing of the request goes anywhere else before the last one has agreed.
 */
export abstract class Guard implements Waiting, Asker {
  protected readonly source: RequestSource;
  protected readonly method: string;
  protected readonly authority: string;
  protected path: string;
  protected head = "";
  protected responseEdits: HeaderEdits = NO_EDITS;
  body: HeldBody | undefined;
  private readonly steps: readonly AuthStep[];
  private index = 0;
  /** Of `performance.now()`, or 0. */
  private readonly deadline: number;
  private readonly timer = new Timer(this);
  private check: AuthCheck | undefined;
  /** The answer to a request that goes nowhere; 0 while it may. */
  private status = 0;
  private denial: Denial | undefined;
  private detail: string | undefined;
  /** `start` has not returned yet: whoever called it looks at what was decided. */
  private starting = true;

  constructor({ source, method, path, authority, timeout, held }: Guarded, steps: readonly AuthStep[]) {
    this.source = source;
    this.method = method;
    this.path = path;
    this.authority = authority;
    this.steps = steps;
    this.deadline = timeout === 0 ? 0 : performance.now() + timeout;
    this.body = held;
  }

  /** The head as authorization servers see it; undefined when what servers have made of it is none any more. */
  protected abstract view(): Head | undefined;
  /** All have agreed. `head` is that of the request, with their edits. */
  protected abstract consented(head: Head): void;

  /** @param text Of the head, with the edits before the first step. */
  start(text: string): void {
    const { exchange } = this.source;
    this.head = text;
    exchange.wait(this);
    this.arm(Infinity);
    if (this.takesBody()) this.onBody();
    this.starting = false;
    if (this.settled) this.proceed();
  }

  /** What is left of the time for the request: milliseconds, or 0 for no limit. */
  protected get timeLeft(): number {
    return this.deadline === 0 ? 0 : Math.max(1, this.deadline - performance.now());
  }

  onBody(): void {
    const refusal = this.body?.refusal ?? 0;
    if (refusal === 0) this.next();
    else this.settle(refusal);
  }

  onVerdict(verdict: Verdict): void {
    this.check = undefined;
    if (!verdict.allowed) {
      this.denial = verdict;
      return this.settle(verdict.status);
    }
    this.index++;
    if (!this.apply(verdict)) return this.settle(500);
    this.next();
  }

  onNoVerdict(status: number): void {
    this.check = undefined;
    this.detail = "Whether this request is allowed could not be found out.";
    this.settle(status);
  }

  onTimer(): void {
    this.check?.cancel();
    this.onNoVerdict(504);
  }

  proceed(): void {
    const { exchange } = this.source;
    exchange.endWait();
    this.timer.disarm();
    this.act();
    // Otherwise somebody else has taken it over.
    if (!exchange.waits) this.body?.release();
  }

  private act(): void {
    const { source, status, denial } = this;
    const { answerFields } = source;
    if (denial !== undefined)
      return source.respond(denial.status, denialLines(denial, answerFields), denial.body);
    if (status !== 0) return source.answerWith(status, answerFields, this.detail);
    const fault = head.parseRequest(this.head, this.head.length);
    if (fault === undefined) this.consented(head);
    else source.answerWith(fault.status, answerFields, fault.message);
  }

  cancel(): void {
    this.timer.disarm();
    this.body?.release();
    this.check?.cancel();
    this.check = undefined;
  }

  private get settled(): boolean {
    return this.status !== 0 || this.index === this.steps.length;
  }

  /** Whether all that is to be seen of the body is here. */
  private takesBody(): boolean {
    const { source } = this;
    const limits = this.steps.map(({ auth }) => auth.maxBodyBytes).filter((bytes) => bytes > 0);
    // What follows an Upgrade is no body.
    if (limits.length === 0 || source.upgrade !== undefined) return true;
    const limit = Math.min(...limits);
    if (head.parseRequest(this.head, this.head.length) !== undefined) return true;
    const expects = head.seen[Field.expect]! > 0;
    if (this.body === undefined) {
      const length = Number(head.joined(Field.contentLength) ?? 0);
      this.body = new HeldBody(limit);
      if (length > limit) this.body.refusal = 413;
      else source.holdBody(this.body, expects);
    } else if (this.body.size > limit) this.body.refusal = 413;
    // The backend gets the body at once, and need not be asked.
    if (expects) this.head = editHead(head, noExpect, targetOf(head));
    return this.body.complete || this.body.refusal !== 0;
  }

  private next(): void {
    const step = this.steps[this.index];
    if (step === undefined) return this.settle(0);
    const { auth } = step;
    const view = this.view();
    if (auth.backend === undefined || view === undefined) return this.onNoVerdict(500);
    const { arrival } = this.source;
    const { client, bind } = arrival;
    this.arm(authTimeout);
    this.check = new AuthCheck(this, auth, arrival.context.backends.get(auth.backend));
    this.check.ask({
      method: this.method,
      path: this.path,
      host: this.authority || arrival.bind.authority,
      scheme: client.scheme,
      source: client.address,
      destination: { address: bind.address, port: bind.port },
      serverName: arrival.serverName,
      head: view,
      body: auth.maxBodyBytes > 0 && this.body?.complete === true ? this.body.bytes() : undefined,
    });
  }

  /** Changes the request as the server says, and then as the filters up to the next server do. */
  private apply({ request, response, setQuery, removeQuery }: Consent): boolean {
    if (head.parseRequest(this.head, this.head.length) !== undefined) return false;
    this.path = editQuery(this.path, setQuery, removeQuery);
    const target = editQuery(targetOf(head), setQuery, removeQuery);
    this.head = editHead(head, compileFieldEdits(request, head, HeaderModifiers.forRequests()), target);
    if (response.length > 0) {
      const edits = compileFieldEdits(response, NO_FIELDS, HeaderModifiers.forResponses());
      this.responseEdits = mergeEdits(this.responseEdits, edits);
    }
    const before = this.steps[this.index]?.before ?? NO_EDITS;
    if (before === NO_EDITS) return true;
    if (head.parseRequest(this.head, this.head.length) !== undefined) return false;
    this.head = editHead(head, before, target);
    return true;
  }

  private settle(status: number): void {
    this.status = status;
    this.timer.disarm();
    if (!this.starting) this.source.resume(this);
  }

  /** To the end of the step, and not beyond the time for the request. */
  private arm(time: number): void {
    const left = this.deadline === 0 ? time : Math.min(time, this.timeLeft);
    if (left === Infinity) this.timer.disarm();
    else fineTimers.arm(this.timer, left);
  }
}
