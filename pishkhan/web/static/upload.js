// Each scan is sent by itself when it is chosen, with progress; the rest of the form is not touched.

import { fitted } from "./photo.js";

let running = 0;
const digits = (value) => String(value).replace(/[0-9]/g, (digit) => "۰۱۲۳۴۵۶۷۸۹"[digit]);

function say(slot, message) {
  const error = slot.querySelector("[data-upload-error]");
  error.hidden = !message;
  error.querySelector("span").textContent = message;
  slot.classList.toggle("wrong", Boolean(message));
}

function show(slot, answer) {
  const picture = slot.querySelector(".slot-picture");
  const image = document.createElement("img");
  image.src = answer.picture;
  image.alt = `تصویر فرستاده‌شدهٔ ${slot.querySelector(".slot-title").textContent.trim()}`;
  const link = document.createElement("a");
  link.href = answer.picture;
  link.target = "_blank";
  link.rel = "noopener";
  link.append(image);
  picture.replaceChildren(link);
  slot.classList.add("filled");
  const hint = slot.querySelector(".hint") ?? slot.querySelector(".slot-title").insertAdjacentElement("afterend", document.createElement("p"));
  hint.className = "hint";
  hint.textContent = `فرستاده شد، ${digits(Math.max(1, Math.round(answer.bytes / 1024)))} کیلوبایت`;
  slot.querySelector("[data-upload-status]").textContent = `${slot.querySelector(".slot-title").textContent.trim()}: ${hint.textContent}`;
  slot.querySelector("[data-pick]").textContent = "تعویض";
  settle(slot.id);
}

// What was mended is taken off the list of problems above the form.
function settle(id) {
  const link = document.querySelector(`#problems a[href="#${CSS.escape(id)}"]`);
  link?.closest("li").remove();
  const problems = document.querySelector("#problems");
  if (problems && !problems.querySelector("li")) problems.remove();
}

async function send(slot, input, token) {
  const chosen = input.files[0];
  if (!chosen) return;
  say(slot, "");
  const file = await fitted(chosen, Number(slot.closest("form").dataset.limit));
  if (!file) {
    say(slot, "این فایل عکس نیست یا خوانده نشد؛ عکس دیگری بگیرید یا فایل JPG انتخاب کنید.");
    input.value = "";
    return;
  }
  running += 1;
  const bar = slot.querySelector("progress");
  const data = new FormData();
  data.append("csrfmiddlewaretoken", token);
  data.append(input.name, file, "scan.jpg");
  const request = new XMLHttpRequest();
  request.open("POST", slot.dataset.upload);
  request.setRequestHeader("Accept", "application/json");
  request.responseType = "json";
  request.timeout = 120000;
  request.upload.addEventListener("progress", (event) => { bar.value = (100 * event.loaded) / event.total; });
  request.addEventListener("loadend", () => {
    running -= 1;
    bar.hidden = true;
    input.value = "";
    const answer = request.response;
    if (request.status === 200 && answer?.picture) show(slot, answer);
    else say(slot, answer?.error ?? "فرستاده نشد؛ ارتباط را بررسی کنید و دوباره انتخاب کنید.");
  });
  bar.hidden = false;
  bar.value = 0;
  request.send(data);
}

for (const form of document.querySelectorAll("[data-uploads]")) {
  form.addEventListener("submit", (event) => {
    if (!running) return;
    event.preventDefault(); // a running upload would be cut off
    delete form.dataset.sent;
    form.querySelector("[data-upload] progress:not([hidden])")?.closest("[data-upload]").focus();
  });
  const token = form.querySelector("[name=csrfmiddlewaretoken]").value;
  for (const slot of form.querySelectorAll("[data-upload]")) {
    const input = slot.querySelector("input[type=file]");
    input.addEventListener("change", () => send(slot, input, token));
  }
}
