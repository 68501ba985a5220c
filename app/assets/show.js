// The page of a record: its lists as tabs that are filled when they are first opened, and a time line that goes on.
import htmx from "htmx.org";

const KEYS = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };

function open(tabs, tab) {
  for (const one of tabs) {
    const chosen = one === tab;
    one.classList.toggle("active", chosen);
    one.removeAttribute("aria-current");
    one.setAttribute("aria-selected", chosen);
    one.tabIndex = chosen ? 0 : -1;
    document.getElementById(one.dataset.panel).hidden = !chosen;
  }
  const panel = document.getElementById(tab.dataset.panel);
  const { source } = panel.dataset;
  if (!source) return;
  delete panel.dataset.source;
  panel.setAttribute("aria-busy", "true");
  htmx.ajax("GET", source, { target: panel, swap: "innerHTML" })
    .catch(() => { panel.dataset.source = source; })
    .finally(() => panel.removeAttribute("aria-busy"));
}

function move(tabs, tab, key) {
  const place = tabs.indexOf(tab);
  if (key === "Home") return tabs[0];
  if (key === "End") return tabs.at(-1);
  return tabs[(place + KEYS[key] + tabs.length) % tabs.length];
}

function tabbed(section) {
  const list = section.querySelector(".nav-tabs");
  const tabs = [...list.querySelectorAll(".nav-link")];
  list.setAttribute("role", "tablist");
  list.setAttribute("aria-label", section.getAttribute("aria-label"));
  for (const tab of tabs) {
    tab.parentElement.setAttribute("role", "presentation");
    tab.setAttribute("role", "tab");
    tab.setAttribute("aria-controls", tab.dataset.panel);
    const panel = document.getElementById(tab.dataset.panel);
    panel.setAttribute("role", "tabpanel");
    panel.setAttribute("aria-labelledby", tab.id);
    panel.tabIndex = 0;
    tab.addEventListener("click", (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      open(tabs, tab);
      history.replaceState(history.state, "", tab.href);
    });
    tab.addEventListener("keydown", (event) => {
      if (event.key === " ") {
        event.preventDefault();
        tab.click();
      } else if (event.key in KEYS || event.key === "Home" || event.key === "End") {
        event.preventDefault();
        move(tabs, tab, event.key).focus();
      }
    });
  }
  const named = tabs.find((tab) => location.hash === `#${tab.id}`);
  open(tabs, named ?? tabs.find((tab) => tab.classList.contains("active")) ?? tabs[0]);
}

// Who asked for more of the time line goes on reading where it begins.
document.addEventListener("htmx:beforeSwap", ({ detail: { target } }) => {
  if (!target.classList.contains("entry-next")) return;
  const before = target.previousElementSibling;
  document.addEventListener("htmx:afterSettle", () => before.nextElementSibling?.focus(), { once: true });
});

export function start(root) {
  for (const button of root.querySelectorAll("[data-print]")) {
    button.hidden = false;
    button.addEventListener("click", () => window.print());
    button.focus({ preventScroll: true });
  }
  const found = root.matches?.("[data-tabs]") ? [root] : root.querySelectorAll("[data-tabs]");
  for (const section of found) {
    if (section.dataset.started) continue;
    section.dataset.started = "yes";
    tabbed(section);
  }
}
