// A page of a PDF as a picture. The library is loaded only here, and runs without eval and without WebAssembly.

const VENDOR = new URL("../vendor/pdf/", import.meta.url);
const LONGEST = 2600; // pixels of the picture that is made
const SMALL = 160; // and of what is shown to choose from
const MOST = 30; // pages that are offered

// The chosen page as a picture file; null when this is no PDF that can be read, undefined when none is chosen.
export async function pageOf(file) {
  const library = await import(new URL("pdf.min.mjs", VENDOR));
  library.GlobalWorkerOptions.workerSrc = new URL("pdf.worker.min.mjs", VENDOR).href;
  const options = { isEvalSupported: false, useWasm: false, wasmUrl: VENDOR.href, enableXfa: false, verbosity: 0 };
  const task = library.getDocument({ data: await file.arrayBuffer(), ...options });
  try {
    const pdf = await task.promise;
    const number = pdf.numPages > 1 ? await chosen(pdf) : 1;
    if (!number) return undefined;
    const canvas = await drawn(pdf, number, LONGEST);
    const blob = await new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.95));
    return new File([blob], "page.jpg", { type: "image/jpeg" });
  } catch {
    return null;
  } finally {
    await task.destroy();
  }
}

async function drawn(pdf, number, longest, canvas = document.createElement("canvas")) {
  const page = await pdf.getPage(number);
  const natural = page.getViewport({ scale: 1 });
  const viewport = page.getViewport({ scale: longest / Math.max(natural.width, natural.height) });
  [canvas.width, canvas.height] = [Math.round(viewport.width), Math.round(viewport.height)];
  await page.render({ canvas, viewport, background: "#fff" }).promise;
  return canvas;
}

// The number of the page that the user presses; null when the dialog is closed.
async function chosen(pdf) {
  const dialog = document.querySelector("[data-pages]");
  const list = dialog.querySelector("ol");
  list.replaceChildren();
  dialog.returnValue = "";
  dialog.showModal();
  const closed = new Promise((done) => dialog.addEventListener("close", done, { once: true }));
  const fill = async () => {
    for (let number = 1; number <= Math.min(MOST, pdf.numPages) && dialog.open; number++) await offer(pdf, number, list, dialog);
  };
  fill().catch(() => dialog.close()); // a page that cannot be drawn
  await closed;
  return Number(dialog.returnValue) || null;
}

async function offer(pdf, number, list, dialog) {
  const button = document.createElement("button");
  button.type = "button";
  button.append(document.createElement("canvas"), `صفحهٔ ${number.toLocaleString("fa")}`);
  button.addEventListener("click", () => dialog.close(String(number)));
  const item = document.createElement("li");
  item.append(button);
  list.append(item);
  await drawn(pdf, number, SMALL, button.firstChild);
}
