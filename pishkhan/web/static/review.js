// The desk's review: keys on its buttons and its scans.

import { press } from "./viewer.js";

// Opening a flag puts the cursor into its text.
for (const flag of document.querySelectorAll("details.flag")) {
  flag.addEventListener("toggle", () => { if (flag.open) flag.querySelector("input").focus(); });
}

document.addEventListener("keydown", (event) => {
  // Only while the review itself has the focus (WCAG 2.1.4), and never while somebody writes.
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, textarea, select")) return;
  if (event.target !== document.body && !event.target.closest("main")) return;
  if (press(event)) {
    event.preventDefault();
    return;
  }
  // By the key's place, not its letter: the keyboard of a Persian clerk is Persian.
  const button = document.querySelector(`[data-key="${event.code.replace("Key", "").toLowerCase()}"]`);
  button?.focus();
});
