/** The table of rooms: what each may import besides `std` and Node itself. */
export interface Room {
  readonly duty: string;
  readonly mayImport: readonly string[];
  /** Every file is public; of other rooms only the door `ROOM/ROOM.ts` is. */
  readonly vocabulary?: true;
}

export const rooms: Readonly<Record<string, Room>> = {
  std: { duty: "tools without a subject", mayImport: [], vocabulary: true },
  resources: {
    duty: "what users write: types, schemas, defaults, keys, conditions",
    mayImport: [],
    vocabulary: true,
  },
  program: { duty: "what a proxy runs, as readonly data", mayImport: [], vocabulary: true },
  wire: { duty: "bytes to messages and back, no policy", mayImport: [], vocabulary: true },
  apiserver: {
    duty: "the embedded API server: kinds, storage, access, patches, watches, documents",
    mayImport: ["resources"],
  },
  kube: { duty: "client of any Kubernetes API: list-watch, cache, patches", mayImport: ["resources"] },
  source: { duty: "where resources come from", mayImport: ["resources", "kube"] },
  translate: { duty: "resources to program and statuses; pure", mayImport: ["resources", "program"] },
  status: {
    duty: "wanted statuses and acknowledgements to the smallest patches",
    mayImport: ["resources", "kube"],
  },
  provision: {
    duty: "Services of a cluster that lead to Gateways",
    mayImport: ["resources", "kube"],
  },
  delivery: {
    duty: "ships program versions to proxies, brings acknowledgements back",
    mayImport: ["program", "wire"],
  },
  proxy: { duty: "program to traffic", mayImport: ["program", "wire"] },
  run: {
    duty: "the laptop home: files, addresses, stand-in backends, report",
    mayImport: [
      "resources",
      "program",
      "apiserver",
      "kube",
      "source",
      "translate",
      "status",
      "provision",
      "delivery",
    ],
  },
  cli: { duty: "commands; thin", mayImport: ["run"] },
};

/** Files of `src/` that belong to no room, and may import every door. */
export const composers: readonly string[] = ["main.ts"];
