// Keys. Single letters can be switched off, and never count while somebody types.
const OFF = "keys";

function kept() {
  try { return localStorage.getItem(OFF) !== "off"; } catch { return true; }
}

function keep(on) {
  try { localStorage.setItem(OFF, on ? "on" : "off"); } catch { /* counts for this page only */ }
  letters = on;
}

let letters = kept();

const first = (...selectors) => selectors.map((selector) => document.querySelector(selector)).find((node) => node && node.checkVisibility?.() !== false);
const typing = (node) => node.closest?.("input, textarea, select, [contenteditable], [role=combobox], [role=listbox]") !== null;

function open() {
  document.getElementById("keys")?.showModal();
}

const LETTERS = {
  "/": () => first("main input[type=search]", ".topbar input[type=search]")?.focus(),
  "?": open,
  n: () => first("[data-key=n]", "main .page-top a[href$='/add']", "main a[href*='/add']")?.click(),
  e: () => first("[data-key=e]", "main .page-top a[href*='/edit/']")?.click(),
};

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.isComposing) return;
  if ((event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey && event.key.toLowerCase() === "s") {
    const button = document.querySelector("form [data-save]");
    if (!button) return;
    event.preventDefault();
    if (!document.querySelector("dialog[open]") && !event.repeat) button.form.requestSubmit(button);
    return;
  }
  const act = LETTERS[event.key];
  if (!act || !letters || event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
  if (typing(event.target) || event.target.closest?.(".menu-panel") || document.querySelector("dialog[open]")) return;
  event.preventDefault();
  act();
});

export function start(root) {
  for (const button of root.querySelectorAll("[data-keys]")) button.addEventListener("click", open);
  for (const box of root.querySelectorAll("[data-keys-switch]")) {
    box.checked = letters;
    box.addEventListener("change", () => keep(box.checked));
  }
}
