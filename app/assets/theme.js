// Runs before the page is drawn, so that nothing flashes: light or dark, and how the person left the side bar.
// Only such choices are kept in the browser, never data.
const root = document.documentElement;
const dark = window.matchMedia("(prefers-color-scheme: dark)");

function kept(name) {
  try { return localStorage.getItem(name); } catch { return null; }
}

function apply() {
  const choice = kept("theme") || "system";
  root.dataset.bsTheme = choice === "system" ? (dark.matches ? "dark" : "light") : choice;
  root.dataset.theme = choice;
  document.dispatchEvent(new CustomEvent("themechange"));
}

apply();
dark.addEventListener("change", apply);
window.addEventListener("storage", (event) => { if (event.key === "theme") apply(); });
document.addEventListener("themechoice", apply);
root.dataset.sidebar = kept("sidebar") === "narrow" ? "narrow" : "wide";
root.dataset.closed = kept("closed") || "";
