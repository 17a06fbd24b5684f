// Sends one scan; what the line breaks is tried again after growing waits, or as soon as the line is back.

const WAITS = [1000, 3000, 9000];
const LONGEST = 120_000; // for one try: 200 kB on a slow line

// The server's answer, or null when no try reached it; `isAgain` in an answer to send the same once more.
// `tell` is told `progress(share)` and `waiting(error)`, with the server's words when it has some.
export async function sent({ address, name, blob, token, signal }, tell) {
  for (const wait of [...WAITS, null]) {
    const { status, answer } = await once(address, bodyOf(name, blob, token), signal, tell.progress);
    signal.throwIfAborted();
    if (status && status < 500) return answer ?? {};
    if (wait === null) return answer?.error ? { ...answer, isAgain: true } : null;
    tell.waiting(answer?.error);
    await pause(wait, signal);
    signal.throwIfAborted();
  }
  return null;
}

function bodyOf(name, blob, token) {
  const body = new FormData();
  body.append("csrfmiddlewaretoken", token);
  body.append(name, blob, "scan.jpg");
  return body;
}

function once(address, body, signal, progress) {
  return new Promise((done) => {
    const request = new XMLHttpRequest();
    request.open("POST", address);
    request.setRequestHeader("Accept", "application/json");
    request.responseType = "json";
    request.timeout = LONGEST;
    request.upload.addEventListener("progress", (event) => progress(event.loaded / event.total));
    request.addEventListener("loadend", () => done({ status: request.status, answer: request.response }));
    signal.addEventListener("abort", () => request.abort());
    request.send(body);
  });
}

function pause(wait, signal) {
  return new Promise((done) => {
    const timer = setTimeout(done, wait);
    for (const [target, event] of [[window, "online"], [signal, "abort"]]) {
      target.addEventListener(event, () => { clearTimeout(timer); done(); }, { once: true });
    }
  });
}
