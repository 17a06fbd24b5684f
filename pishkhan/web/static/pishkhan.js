// What makes the pages nicer where scripts run. Every task works without this file.

document.documentElement.classList.add("js");

for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}

for (const button of document.querySelectorAll("[data-copy]")) {
  if (!navigator.clipboard) break;
  button.hidden = false;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(button.dataset.copy);
    button.classList.add("copied");
    setTimeout(() => button.classList.remove("copied"), 1500);
  });
}

// Digits are read as Persian while they are typed, whatever the keyboard writes.
for (const input of document.querySelectorAll("input.code, input.date")) {
  input.addEventListener("input", () => {
    const at = input.selectionStart;
    const shown = input.value.replace(/[0-9]/g, (digit) => "۰۱۲۳۴۵۶۷۸۹"[digit]).replace(/[٠-٩]/g, (digit) => "۰۱۲۳۴۵۶۷۸۹"["٠١٢٣٤٥٦٧٨٩".indexOf(digit)]);
    if (shown !== input.value) {
      input.value = shown;
      input.setSelectionRange(at, at);
    }
  });
}

// One more row of answers: a copy of the last, emptied and numbered anew.
for (const field of document.querySelectorAll("[data-rows]")) {
  const button = field.querySelector("[data-add-row]");
  button.hidden = false;
  button.addEventListener("click", () => {
    const rows = field.querySelectorAll(".row-card");
    const copy = rows[rows.length - 1].cloneNode(true);
    const [before, after] = [rows.length - 1, rows.length].map((number) => `${field.dataset.rows}-${number}-`);
    for (const element of copy.querySelectorAll("[name], [id], [for]")) {
      for (const name of ["name", "id", "for", "aria-describedby"]) {
        const value = element.getAttribute(name);
        if (value) element.setAttribute(name, value.replace(before, after));
      }
    }
    for (const input of copy.querySelectorAll("input, textarea, select")) {
      if (input.type === "radio" || input.type === "checkbox") input.checked = false; else input.value = "";
      input.removeAttribute("aria-invalid");
    }
    for (const message of copy.querySelectorAll(".error")) message.remove();
    copy.querySelector("[data-row-number]").textContent = (rows.length + 1).toLocaleString("fa");
    rows[rows.length - 1].after(copy);
    copy.querySelector("input, select, textarea").focus();
    button.hidden = rows.length + 1 >= Number(field.dataset.most);
  });
}

// A form that acts once: the second click of a double click sends nothing.
for (const form of document.querySelectorAll("form[data-once]")) {
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "1";
  });
  window.addEventListener("pageshow", () => delete form.dataset.sent);
}

// The browser's own button for files speaks the browser's language; this one speaks Persian.
for (const input of document.querySelectorAll("input[type=file]:not(.slot input)")) {
  const button = document.createElement("label");
  button.className = "pick";
  button.htmlFor = input.id;
  button.textContent = "انتخاب فایل";
  const chosen = document.createElement("bdi");
  chosen.className = "chosen";
  chosen.setAttribute("role", "status");
  input.classList.add("file", "behind");
  input.after(button, chosen);
  input.addEventListener("change", () => { chosen.textContent = input.files[0]?.name ?? ""; });
}

// The problem that stopped a form gets the focus, so that it is read out and seen.
document.querySelector("#problems, #wrong-cells")?.focus();

// The services menu closes by Escape and by a click elsewhere.
const services = document.querySelector("details.services");
if (services) {
  document.addEventListener("click", (event) => { if (!services.contains(event.target)) services.open = false; });
  services.addEventListener("keydown", (event) => { if (event.key === "Escape") { services.open = false; services.querySelector("summary").focus(); } });
}

if (document.querySelector("[data-challenge]")) import("./work.js");
if (document.querySelector("[data-uploads]")) import("./upload.js");
if (document.querySelector("[data-viewer]")) import("./review.js");

