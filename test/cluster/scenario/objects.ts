/** Objects that scenarios share. They are written to be started and ended fast. */

export interface Template {
  readonly metadata: { readonly labels: Readonly<Record<string, string>> };
  readonly spec: object;
}

/** Waits to be ended: a shell as process 1 hears SIGTERM only when it traps it. */
const idle = "trap 'exit 0' TERM; sleep 100000 & wait";

/** Pods that do nothing. */
export function idlePods(app: string): Template {
  const containers = [{ name: "main", image: "sh:1", args: ["-c", idle] }];
  return { metadata: { labels: { app } }, spec: { terminationGracePeriodSeconds: 2, containers } };
}

const answering = `process.on("SIGTERM", () => process.exit(0));
require("node:http").createServer((_, answer) => answer.end(process.env.VERSION + " from " + process.env.HOSTNAME)).listen(8080);`;

const WEB_PORT = 8080;

/** Pods that answer HTTP requests with `VERSION from POD`, and are ready once they do. */
export function webPods(app: string, version: string): Template {
  const container = {
    name: "main",
    image: "node:26",
    args: ["-e", answering],
    env: [{ name: "VERSION", value: version }],
    ports: [{ name: "http", containerPort: WEB_PORT }],
    readinessProbe: { httpGet: { path: "/", port: "http" }, periodSeconds: 1 },
  };
  return {
    metadata: { labels: { app } },
    spec: { terminationGracePeriodSeconds: 2, containers: [container] },
  };
}

export function deployment(name: string, replicas: number, template: Template): object {
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name },
    spec: { replicas, selector: { matchLabels: template.metadata.labels }, template },
  };
}

/** A Job of one container that runs a program of Node's, or of the shell. */
export function job(
  name: string,
  image: "node:26" | "sh:1",
  program: string,
  spec: object = {},
  podSpec: object = {},
): object {
  const flag = image === "sh:1" ? "-c" : "-e";
  const containers = [{ name: "main", image, args: [flag, program] }];
  return {
    apiVersion: "batch/v1",
    kind: "Job",
    metadata: { name },
    spec: {
      backoffLimit: 0,
      ...spec,
      template: { spec: { restartPolicy: "Never", containers, ...podSpec } },
    },
  };
}
