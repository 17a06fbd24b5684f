// The worker that makes scans, asked by promises. `ask` answers null for what is no picture, and throws where
// the browser has no such worker, or not all that the worker needs.

let worker = null;
let last = 0;
const waiting = new Map();

const hasWorker = () => typeof Worker === "function" && typeof OffscreenCanvas === "function";

function start() {
  if (!hasWorker()) throw new Error("no worker for pictures");
  worker = new Worker(new URL("./worker.js", import.meta.url), { type: "module" });
  worker.addEventListener("message", ({ data: { number, result, failure } }) => {
    const { done, fail } = waiting.get(number);
    waiting.delete(number);
    if (failure) fail(new Error(failure)); else done(result);
  });
  worker.addEventListener("error", () => {
    for (const { fail } of waiting.values()) fail(new Error("the worker ended"));
    waiting.clear();
    worker = null;
  });
}

export function ask(task, given) {
  return new Promise((done, fail) => {
    if (!worker) start();
    waiting.set((last += 1), { done, fail });
    worker.postMessage({ number: last, task, ...given });
  });
}
