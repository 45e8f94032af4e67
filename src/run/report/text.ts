import { quote } from "./curl.ts";
import { urlHost } from "../host-port.ts";
import type { SkippedKind } from "../../source/source.ts";
import type { Played } from "../overlay/played-services.ts";
import type {
  ChangedObject,
  ChangeEvent,
  Fault,
  FloodEvent,
  FloodReport,
  ProblemEvent,
  ProblemReport,
  ReadyEvent,
  RunEvent,
  StoppedEvent,
} from "./event.ts";
import { faultLines, gatewayLines, routeLines } from "./parts.ts";
import { printable, type Style } from "./style.ts";
import { wrap } from "./table.ts";

/** What a person at a terminal reads. */
export function renderText(event: RunEvent, style: Style): string {
  const lines = linesOf(event, style);
  return lines.length === 0 ? "" : `${lines.join("\n")}\n`;
}

function linesOf(event: RunEvent, style: Style): readonly string[] {
  if (event.event === "ready") return readyLines(event, style);
  if (event.event === "change") return changeLines(event, style);
  if (event.event === "problem") return problemLines(event, style);
  if (event.event === "worker-exit") {
    const how = event.signal === null ? `with code ${event.code}` : `by ${event.signal}`;
    return [style.paint("red", `Worker ${event.pid} has ended ${how}; another one takes its place.`)];
  }
  if (event.event === "flood") return floodLines(event, style);
  if (event.event === "stopping") {
    const patience = `requests under way have ${event.deadlineMs / 1000} s. Once more: stop at once.`;
    return ["", `Stopping on ${event.signal}: ${patience}`];
  }
  return [stoppedLine(event)];
}

/** One line a socket: an operator looks for the place first. */
function floodLines({ floods }: FloodEvent, style: Style): readonly string[] {
  const places = Map.groupBy(
    floods,
    ({ peer, address, port }) =>
      `${peer === "client" ? "clients of" : "backend"} ${urlHost(address)}:${port}`,
  );
  return [...places].map(([place, all]) => {
    const count = all.reduce((sum, { connections }) => sum + connections, 0);
    const [{ listeners }] = all as [FloodReport];
    const names = listeners.length === 0 ? "" : ` (${listeners.join(", ")})`;
    const kinds = all.map(({ kind, connections }) => `${connections} ${kind}`).join(", ");
    const ended = count === 1 ? "1 HTTP/2 connection" : `${count} HTTP/2 connections`;
    return style.paint("yellow", printable(`Flood from ${place}${names}: ${ended} ended (${kinds})`));
  });
}

function readyLines(event: ReadyEvent, style: Style): readonly string[] {
  const { gateways, routes, problems, conditions } = event;
  const isServing = gateways.some((gateway) => gateway.listeners.length > 0);
  const workers = event.workers === 1 ? "1 worker" : `${event.workers} workers`;
  const hope = event.follow
    ? " yet. Edit the files: they are followed."
    : event.kubeconfig === undefined
      ? "."
      : " yet: kubectl can apply resources, see below.";
  return [
    `${style.paint("bold", `Gatewright ${event.gatewright}`)} is ready: ${workers}, ${event.elapsedMs} ms`,
    ...(isServing ? [] : ["", style.paint("yellow", `Nothing can be served${hope}`)]),
    ...section(
      "Gateways",
      few(gateways, (some) => gatewayLines(some, style)),
      style,
    ),
    ...section(
      "Routes",
      few(routes, (some) => routeLines(some, style)),
      style,
    ),
    ...section("Backends played on this machine", playedLines(event.backends, style), style),
    ...section(
      "Notices",
      each(event.notices, (notice) => paragraph(notice, style)),
      style,
    ),
    ...section("Conditions that are not as wished", faultsOf(conditions, style), style),
    ...section(
      "Problems in the files",
      each(problems, (problem) => problemText(problem, style)),
      style,
    ),
    ...skippedLines(event.skipped, style),
    ...section(
      "Try",
      each(event.try, (line) => [`  ${printable(line)}`]),
      style,
    ),
    ...section("Kubernetes API", kubectlLines(event), style),
  ];
}

function kubectlLines({ kubeconfig }: ReadyEvent): readonly string[] {
  if (kubeconfig === undefined) return [];
  return [`  kubectl --kubeconfig ${quote(printable(kubeconfig))} get gateways,httproutes -A`];
}

function changeLines(event: ChangeEvent, style: Style): readonly string[] {
  const took = event.elapsedMs === undefined ? "" : ` in ${event.elapsedMs} ms`;
  return [
    "",
    `${style.paint("bold", "Changed")}: the proxies serve version ${event.version}${took}`,
    ...each(event.files, (file) => [`  ${printable(file)}`]),
    ...each(event.changed, (object) => [`  ${printable(changedName(object))}`]),
    ...few(event.gateways, (some) => gatewayLines(some, style)),
    ...playedLines(event.backends, style),
    ...each(event.notices, (notice) => paragraph(notice, style)),
    ...faultsOf(event.conditions, style),
    ...skippedLines(event.skipped, style).slice(1),
    ...each(event.cleared, ({ subject, type }) => [
      style.paint("green", `  ${printable(`${subject}: ${type} is in order again`)}`),
    ]),
  ];
}

function changedName({ change, kind, namespace, name }: ChangedObject): string {
  const marks = { added: "+", changed: "~", removed: "-" };
  return `${marks[change]} ${kind} ${namespace === "" ? name : `${namespace}/${name}`}`;
}

function problemLines({ problems, fixed }: ProblemEvent, style: Style): readonly string[] {
  return [
    "",
    ...each(problems, (problem) => problemText(problem, style)),
    ...each(fixed, ({ file, line, message, object }) => {
      const place = file === undefined ? object : `${file}:${line}`;
      return [style.paint("green", `  ${printable(`Fixed: ${place}: ${message}`)}`)];
    }),
  ];
}

function faultsOf(faults: readonly Fault[], style: Style): readonly string[] {
  return few(faults, (some) => faultLines(some, "yellow", style));
}

/** A person does not read more of one sort; `--output json` has them all. */
const mostShown = 50;

function few<Entry>(
  entries: readonly Entry[],
  render: (some: readonly Entry[]) => readonly string[],
): readonly string[] {
  const left = entries.length - mostShown;
  return [...render(entries.slice(0, mostShown)), ...(left > 0 ? [`  … and ${left} more`] : [])];
}

function each<Entry>(
  entries: readonly Entry[],
  render: (entry: Entry) => readonly string[],
): readonly string[] {
  return few(entries, (some) => some.flatMap(render));
}

/** The first line says what is wrong, the others help. */
function problemText({ text, severity }: ProblemReport, style: Style): readonly string[] {
  return printable(text)
    .split("\n")
    .map(
      (line, index) => `  ${index === 0 ? style.paint(severity === "error" ? "red" : "yellow", line) : line}`,
    );
}

function stoppedLine({ cut }: StoppedEvent): string {
  if (cut === 0) return "Stopped; every request was finished.";
  return `Stopped; ${cut === 1 ? "1 connection was" : `${cut} connections were`} cut.`;
}

function section(title: string, lines: readonly string[], style: Style): readonly string[] {
  return lines.length === 0 ? [] : ["", style.paint("bold", title), ...lines];
}

/** The echo server is told by its Services alone: its ports mean nothing to anybody. */
function playedLines(backends: readonly Played[], style: Style): readonly string[] {
  const named = backends.filter(({ by }) => by !== "echo");
  const echoed = backends.filter(({ by }) => by === "echo").map(nameOf);
  const more = echoed.length > mostShown ? `, and ${echoed.length - mostShown} more` : "";
  const list = `echo server: ${echoed.slice(0, mostShown).join(", ")}${more}`;
  return [
    ...each(named, (one) =>
      paragraph(`${nameOf(one)} is ${urlHost(one.target.host)}:${one.target.port} (${one.by})`, style),
    ),
    ...(echoed.length === 0 ? [] : paragraph(list, style)),
  ];
}

function nameOf({ namespace, service, port, protocol }: Played): string {
  return `${namespace}/${service}:${port}${protocol === undefined ? "" : `/${protocol}`}`;
}

function skippedLines(skipped: readonly SkippedKind[], style: Style): readonly string[] {
  const plain = skipped.filter(({ hint }) => hint === undefined).map(({ kind }) => kind);
  const hinted = skipped.flatMap(({ kind, file, line, hint }) =>
    hint === undefined ? [] : paragraph(`${file}:${line}: ${kind}: ${hint}`, style),
  );
  const kinds = plain.length === 0 ? [] : paragraph([...new Set(plain)].join(", "), style);
  return section("Kinds that are passed over", [...kinds, ...hinted], style);
}

function paragraph(text: string, style: Style): readonly string[] {
  return wrap(printable(text), style.width - 2).map((line) => `  ${line}`);
}
