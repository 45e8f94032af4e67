import { MemoryStore } from "./memory-store.ts";
import { suite } from "./store.suite.ts";

suite("memory", () => new MemoryStore());
