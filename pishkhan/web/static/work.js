// The bot check: a little work for each form that asks for it, done while the form is filled in. Nobody sees it;
// where it cannot be done (no workers, no crypto.subtle without HTTPS), the form is sent without it.

for (const field of document.querySelectorAll("[data-challenge]")) {
  if (!window.Worker || !window.crypto?.subtle) continue;
  const worker = new Worker(new URL("./worker_of_work.js", import.meta.url));
  let [done, waiting] = [false, false];
  const finished = new Promise((resolve) => {
    worker.onmessage = ({ data }) => resolve(data);
    worker.onerror = () => resolve("");
    worker.postMessage(JSON.parse(field.dataset.challenge));
  }).then((answer) => {
    field.value = answer;
    delete field.dataset.challenge;
    done = true;
    worker.terminate();
  });
  field.form.addEventListener("submit", (event) => {
    if (done) return;
    event.preventDefault();
    if (!waiting) finished.then(() => field.form.requestSubmit(event.submitter));
    waiting = true;
  });
}
