// One place for a scan: takes a file, makes it ready, and shows how it stands. What becomes of the ready picture
// is told by `ready`.

import { fitted } from "../photo.js";
import { ask } from "./device.js";

const NO_PICTURE = "این فایل عکس نیست یا خوانده نشد؛ عکس دیگری بگیرید یا فایل JPG انتخاب کنید.";
const NO_PDF = "این فایل عکس نیست و صفحهٔ این PDF هم خوانده نشد؛ از آن عکس بگیرید یا فایل JPG انتخاب کنید.";

const NO_HEIC = "این عکس HEIC است و این مرورگر آن را باز نمی‌کند. در آیفون \u2066Settings › Camera › Formats › Most Compatible\u2069 را بزنید و دوباره عکس بگیرید؛ یا عکس را در گالری گوشی با قالب JPG ذخیره و همان را انتخاب کنید.";

const startOf = (file, length) => file.slice(0, length).text();
const isPdfFile = async (file) => (await startOf(file, 5)) === "%PDF-";
const isHeicFile = async (file) => /ftyp(he|mif1|msf1)/.test(await startOf(file, 12));

export class Slot {
  constructor(element, form) {
    this.element = element;
    this.form = form;
    this.input = this.part("input[type=file]");
    this.bar = this.part("progress");
    this.error = this.part("[data-upload-error]");
    this.title = this.part(".slot-title").textContent.trim();
    this.input.accept += ",.heic,.heif,application/pdf"; // made into JPG here; the server takes nothing else
    const choose = () => { if (this.input.files[0]) this.choose(this.input.files[0]); };
    this.input.addEventListener("change", choose);
    choose(); // what was chosen before this script had come
  }

  part(selector) {
    return this.element.querySelector(selector);
  }

  // A file newly chosen: whatever this slot was doing is given up.
  async choose(file) {
    this.begin();
    const { signal } = this.run;
    const source = (await isPdfFile(file)) ? await (await import("./pdf.js")).pageOf(file) : file;
    if (signal.aborted) return;
    if (source === undefined) this.end();
    else if (source === null) this.refuse(NO_PDF);
    else await this.make({ source });
  }

  // Made ready by the worker as it sees fit or as the user has `chosen`, or as simply as ever where there is none.
  async make(scan, chosen = {}) {
    const { signal } = this.run;
    const { shape } = this.element.dataset;
    let made;
    try {
      made = await ask("make", { file: scan.source, shape, limit: this.form.limit, ...chosen });
    } catch {
      const blob = await fitted(scan.source, this.form.limit);
      made = blob && { blob, faults: [] };
    }
    if (signal.aborted) return;
    if (!made) { this.refuse((await isHeicFile(scan.source)) ? NO_HEIC : NO_PICTURE); return; }
    this.scan = { ...scan, ...made };
    await this.ready(Boolean(chosen.corners));
  }

  // What is doubtful in the picture, told above the choice.
  doubts() {
    if (!this.scan.faults.length) return [];
    const list = document.createElement("ul");
    list.className = "doubts";
    for (const fault of this.scan.faults) list.append(Object.assign(document.createElement("li"), { textContent: fault }));
    this.announce(this.scan.faults.join(" "));
    return [list];
  }

  async trim() {
    const preview = await ask("preview", { file: this.scan.source });
    const { edit } = await import("./editor.js");
    const chosen = preview && (await edit(preview, this.scan));
    if (!chosen) return;
    this.begin();
    await this.make({ source: this.scan.source }, chosen);
  }

  // Buttons below the slot, cloned from the page's template, and what stands above them.
  offer(choices, above = []) {
    const tools = document.querySelector("template[data-scan-tools]").content.cloneNode(true).firstElementChild;
    const names = choices.map(([name]) => name);
    for (const button of [...tools.querySelectorAll("[data-do]")]) if (!names.includes(button.dataset.do)) button.remove();
    for (const [name, act] of choices) tools.querySelector(`[data-do=${name}]`).addEventListener("click", act);
    tools.prepend(...above);
    this.part("[data-scan-tools]").replaceChildren(...(choices.length ? [tools] : []));
  }

  begin() {
    this.run?.abort();
    this.run = new AbortController();
    this.form.busy.add(this);
    this.say("");
    this.offer([]);
    this.bar.hidden = false;
    this.bar.removeAttribute("value");
  }

  // What did not end well holds back the form that waited for it.
  end(isWell = true) {
    this.bar.hidden = true;
    this.form.busy.delete(this);
    if (isWell) this.form.goOn();
    else this.form.holdBack(this);
  }

  refuse(message) {
    this.say(message);
    this.input.value = "";
    this.end(false);
  }

  say(message) {
    this.error.hidden = !message;
    this.error.querySelector("span").textContent = message;
    this.element.classList.toggle("wrong", Boolean(message));
  }

  announce(message) {
    this.part("[data-upload-status]").textContent = `${this.title}: ${message}`;
  }

  show(address, words, small = address) {
    URL.revokeObjectURL(this.shown);
    this.shown = address;
    const image = document.createElement("img");
    image.src = small;
    image.alt = `تصویر ${this.title}`;
    const link = Object.assign(document.createElement("a"), { href: address, target: "_blank", rel: "noopener" });
    link.append(image);
    this.part(".slot-picture").replaceChildren(link);
    const hint = this.part(".hint") ?? this.part(".slot-title").insertAdjacentElement("afterend", document.createElement("p"));
    hint.className = "hint";
    hint.textContent = words;
    this.announce(words);
  }
}
