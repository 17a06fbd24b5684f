// Scans are made ready when they are chosen. Most are sent at once, each by itself and with progress, so that the
// rest of the form is not touched; some go with their form. What there is a doubt about waits for the user's word.

import { forget, keep, keptOf } from "./scan/kept.js";
import { sent } from "./scan/sending.js";
import { Slot } from "./scan/slot.js";

const BROKEN = "فرستاده نشد؛ ارتباط را بررسی کنید";
const SOON = "تا چند ثانیهٔ دیگر دوباره فرستاده می‌شود.";
const LATER = "یک دقیقهٔ دیگر دوباره بفرستید.";
const WITHOUT = "این فایل فرستاده نمی‌شود؛ فایل دیگری انتخاب کنید، یا برای فرستادن بدون آن دوباره بزنید.";

const digits = (value) => String(value).replace(/[0-9]/g, (digit) => "۰۱۲۳۴۵۶۷۸۹"[digit]);

class SentSlot extends Slot {
  get address() {
    return this.element.dataset.upload;
  }

  async choose(file) {
    await forget(this.address);
    await super.choose(file);
  }

  async ready(isChosen) {
    await this.store(isChosen || !this.scan.faults.length);
    await this.goOn();
  }

  async store(isSure) {
    this.scan.isSure = isSure;
    await keep({ ...this.scan, address: this.address, owner: this.form.owner });
  }

  goOn() {
    return this.scan.isSure ? this.send() : this.doubt();
  }

  async send() {
    this.begin();
    const { signal } = this.run;
    this.show(URL.createObjectURL(this.scan.blob), "در حال فرستادن…");
    const job = { address: this.address, name: this.input.name, blob: this.scan.blob, token: this.form.token, signal };
    const tell = {
      progress: (share) => { this.bar.value = 100 * share; this.say(""); this.form.busy.add(this); },
      waiting: (error) => { this.say(`${error ?? `${BROKEN}.`} ${SOON}`); this.form.busy.delete(this); },
    };
    let answer;
    try {
      answer = await sent(job, tell);
    } catch {
      return; // given up for another file
    }
    if (answer === null || answer.isAgain) {
      this.element.classList.remove("filled"); // what is shown is not what the portal has
      this.show(URL.createObjectURL(this.scan.blob), "هنوز فرستاده نشده است.");
      this.refuse(answer ? `${answer.error} ${LATER}` : `${BROKEN} و دوباره بفرستید.`);
      this.offer([["send", () => this.send()]]);
      return;
    }
    await forget(job.address);
    if (!answer.picture) { this.refuse(answer.error ?? `${BROKEN} و دوباره انتخاب کنید.`); return; }
    this.arrived(answer);
  }

  arrived({ picture, bytes }) {
    this.element.classList.add("filled");
    const words = `فرستاده شد، ${digits(Math.max(1, Math.round(bytes / 1024)))} کیلوبایت`;
    this.show(picture, words, `${picture}&small`);
    this.part("[data-pick]").textContent = "تعویض";
    settle(this.element.id);
    this.end();
    this.offer(this.scan.corners ? [["trim", () => this.trim()]] : []);
  }

  doubt() {
    this.show(URL.createObjectURL(this.scan.blob), "هنوز فرستاده نشده است.");
    this.offer([
      ["other", () => this.input.click()],
      ["anyway", async () => { await this.store(true); await this.send(); }],
      ["trim", () => this.trim()],
    ], this.doubts());
    this.end(false);
  }

  end(isWell) {
    this.input.value = "";
    super.end(isWell);
  }
}

// A picture that goes with its form. Without one that was refused, here or by the server, the form goes only when
// the user has been told so.
class EnclosedSlot extends Slot {
  constructor(element, form) {
    super(element, form);
    this.before = { picture: [...this.part(".slot-picture").childNodes], hint: this.part(".hint").textContent };
    if (!this.error.hidden) form.refused.add(this);
  }

  begin() {
    super.begin();
    this.form.refused.delete(this);
  }

  refuse(message) {
    this.part(".slot-picture").replaceChildren(...this.before.picture); // nor does what was chosen before it
    this.part(".hint").textContent = this.before.hint;
    this.form.refused.add(this);
    super.refuse(message);
  }

  tellThatItStays() {
    this.say(`${this.error.textContent.trim()} ${WITHOUT}`);
    this.form.refused.delete(this);
  }

  ready() {
    const files = new DataTransfer();
    files.items.add(new File([this.scan.blob], "scan.jpg", { type: "image/jpeg" }));
    this.input.files = files.files;
    this.show(URL.createObjectURL(this.scan.blob), "انتخاب شد؛ با همین فرم فرستاده می‌شود.");
    this.offer(this.scan.corners ? [["trim", () => this.trim()]] : [], this.doubts());
    this.end(!this.scan.faults.length);
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
    this.refused = new Set();
    this.slots = [...form.querySelectorAll("[data-upload]")].map((element) => new SentSlot(element, this));
    for (const element of form.querySelectorAll("[data-enclosed]")) new EnclosedSlot(element, this);
    form.addEventListener("submit", (event) => {
      if (!this.busy.size && !this.refused.size) return;
      event.preventDefault();
      delete form.dataset.sent;
      if (this.busy.size) this.wait(event.submitter); else this.tellOfRefused();
    });
    if (this.slots.length) this.resume();
  }

  wait(button) {
    this.pressed = button;
    [...this.busy][0].announce("فرستادن این تصویر که تمام شد، فرم ادامه می‌یابد.");
  }

  tellOfRefused(first = [...this.refused][0]) {
    for (const slot of this.refused) slot.tellThatItStays();
    first.element.focus();
  }

  goOn() {
    if (this.busy.size || !this.pressed) return;
    const button = this.pressed;
    this.pressed = null;
    this.form.requestSubmit(button);
  }

  holdBack(slot) {
    if (this.pressed) this.tellOfRefused(slot);
    this.pressed = null;
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
