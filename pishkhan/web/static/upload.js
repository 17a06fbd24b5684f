// Each scan is made ready when it is chosen and sent by itself, with progress; the rest of the form is not
// touched. What there is a doubt about waits for the user's word.

import { fitted } from "./photo.js";
import { ask } from "./scan/device.js";
import { forget, keep, keptOf } from "./scan/kept.js";
import { sent } from "./scan/sending.js";

const NO_PICTURE = "این فایل عکس نیست یا خوانده نشد؛ عکس دیگری بگیرید یا فایل JPG انتخاب کنید.";
const NO_PDF = "این فایل عکس نیست و صفحهٔ این PDF هم خوانده نشد؛ از آن عکس بگیرید یا فایل JPG انتخاب کنید.";
const BROKEN = "فرستاده نشد؛ ارتباط را بررسی کنید";

const isPdfFile = async (file) => (await file.slice(0, 5).text()) === "%PDF-";
const digits = (value) => String(value).replace(/[0-9]/g, (digit) => "۰۱۲۳۴۵۶۷۸۹"[digit]);

class Slot {
  constructor(element, form) {
    this.element = element;
    this.form = form;
    this.input = this.part("input[type=file]");
    this.bar = this.part("progress");
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
    const [, isPdf] = await Promise.all([forget(this.element.dataset.upload), isPdfFile(file)]);
    const source = isPdf ? await (await import("./scan/pdf.js")).pageOf(file) : file;
    if (signal.aborted) return;
    if (source === undefined) this.end();
    else if (source === null) this.refuse(NO_PDF);
    else await this.make({ source });
  }

  // Made ready by the worker, or as simply as ever where there is none.
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
    if (!made) { this.refuse(NO_PICTURE); return; }
    this.scan = { ...scan, ...made };
    await this.store(Boolean(chosen.corners) || !made.faults.length);
    await this.goOn();
  }

  async store(isSure) {
    this.scan.isSure = isSure;
    await keep({ ...this.scan, address: this.element.dataset.upload, owner: this.form.owner });
  }

  goOn() {
    return this.scan.isSure ? this.send() : this.doubt();
  }

  async send() {
    this.begin();
    const { signal } = this.run;
    this.show(URL.createObjectURL(this.scan.blob), "در حال فرستادن…");
    const job = { address: this.element.dataset.upload, name: this.input.name, blob: this.scan.blob, token: this.form.token, signal };
    const tell = {
      progress: (share) => { this.bar.value = 100 * share; this.say(""); this.form.busy.add(this); },
      waiting: () => { this.say(`${BROKEN}. تا چند ثانیهٔ دیگر دوباره فرستاده می‌شود.`); this.form.busy.delete(this); },
    };
    let answer;
    try {
      answer = await sent(job, tell);
    } catch {
      return; // given up for another file
    }
    if (answer === null) { this.refuse(`${BROKEN} و دوباره بفرستید.`); this.offer([["send", () => this.send()]]); return; }
    await forget(job.address);
    if (!answer.picture) { this.refuse(answer.error ?? `${BROKEN} و دوباره انتخاب کنید.`); return; }
    this.arrived(answer);
  }

  arrived({ picture, bytes }) {
    this.element.classList.add("filled");
    this.show(picture, `فرستاده شد، ${digits(Math.max(1, Math.round(bytes / 1024)))} کیلوبایت`);
    this.part("[data-pick]").textContent = "تعویض";
    settle(this.element.id);
    this.end();
    this.offer(this.scan.corners ? [["trim", () => this.trim()]] : []);
  }

  // What is wrong with the picture, and the choice.
  doubt() {
    this.end();
    this.show(URL.createObjectURL(this.scan.blob), "هنوز فرستاده نشده است.");
    const list = document.createElement("ul");
    list.className = "doubts";
    for (const fault of this.scan.faults) list.append(Object.assign(document.createElement("li"), { textContent: fault }));
    this.announce(this.scan.faults.join(" "));
    this.offer([
      ["other", () => this.input.click()],
      ["anyway", async () => { await this.store(true); await this.send(); }],
      ["trim", () => this.trim()],
    ], list);
  }

  async trim() {
    const preview = await ask("preview", { file: this.scan.source });
    const { edit } = await import("./scan/editor.js");
    const chosen = preview && (await edit(preview, this.scan));
    if (!chosen) return;
    this.begin();
    await this.make({ source: this.scan.source }, chosen);
  }

  // Buttons below the slot, cloned from the page's template, and what stands above them.
  offer(choices, ...above) {
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

  end() {
    this.bar.hidden = true;
    this.input.value = "";
    this.form.busy.delete(this);
    this.form.goOn();
  }

  refuse(message) {
    this.say(message);
    this.end();
  }

  say(message) {
    const error = this.part("[data-upload-error]");
    error.hidden = !message;
    error.querySelector("span").textContent = message;
    this.element.classList.toggle("wrong", Boolean(message));
  }

  announce(message) {
    this.part("[data-upload-status]").textContent = `${this.title}: ${message}`;
  }

  show(address, words) {
    URL.revokeObjectURL(this.shown);
    this.shown = address;
    const image = document.createElement("img");
    image.src = address;
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

// What was mended is taken off the list of problems above the form.
function settle(id) {
  const link = document.querySelector(`#problems a[href="#${CSS.escape(id)}"]`);
  link?.closest("li").remove();
  const problems = document.querySelector("#problems");
  if (problems && !problems.querySelector("li")) problems.remove();
}

// A form with scans. Sent while one of them is on its way, it goes when that has come to its end.
class Scans {
  constructor(form) {
    this.form = form;
    this.limit = Number(form.dataset.limit);
    this.owner = form.dataset.owner;
    this.token = form.querySelector("[name=csrfmiddlewaretoken]").value;
    this.busy = new Set();
    this.slots = [...form.querySelectorAll("[data-upload]")].map((element) => new Slot(element, this));
    form.addEventListener("submit", (event) => {
      if (!this.busy.size) return;
      event.preventDefault();
      delete form.dataset.sent;
      this.pressed = event.submitter;
      [...this.busy][0].announce("فرستادن این تصویر که تمام شد، فرم ادامه می‌یابد.");
    });
    this.resume();
  }

  goOn() {
    if (this.busy.size || !this.pressed) return;
    const button = this.pressed;
    this.pressed = null;
    if (this.form.querySelector(".slot.wrong, .doubts")) return;
    this.form.requestSubmit(button);
  }

  async resume() {
    for (const scan of await keptOf(this.owner)) {
      const slot = this.slots.find(({ element }) => element.dataset.upload === scan.address);
      if (!slot) continue;
      slot.begin();
      slot.scan = scan;
      slot.goOn();
    }
  }
}

for (const form of document.querySelectorAll("[data-uploads]")) new Scans(form);
