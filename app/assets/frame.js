// The frame of the page: theme, side bar, and what a click selects.
function keep(name, value) {
  try { localStorage.setItem(name, value); } catch { /* the choice counts for this page only */ }
}

const root = document.documentElement;

function themes(element) {
  for (const button of element.querySelectorAll("[data-theme-choice]")) {
    const mark = () => button.setAttribute("aria-pressed", button.dataset.themeChoice === root.dataset.theme);
    button.addEventListener("click", () => {
      keep("theme", button.dataset.themeChoice);
      document.dispatchEvent(new CustomEvent("themechoice"));
    });
    document.addEventListener("themechange", mark);
    mark();
  }
}

function sidebar(element) {
  for (const button of element.querySelectorAll("[data-sidebar-toggle]")) {
    const mark = () => button.setAttribute("aria-expanded", root.dataset.sidebar === "wide");
    button.addEventListener("click", () => {
      root.dataset.sidebar = root.dataset.sidebar === "wide" ? "narrow" : "wide";
      keep("sidebar", root.dataset.sidebar);
      mark();
    });
    mark();
  }
  for (const button of element.querySelectorAll("[data-section]")) {
    const name = button.dataset.section;
    const closed = () => root.dataset.closed.split(" ").filter(Boolean);
    button.setAttribute("aria-expanded", !closed().includes(name));
    button.addEventListener("click", () => {
      const others = closed().filter((one) => one !== name);
      root.dataset.closed = (others.length < closed().length ? others : [...others, name]).join(" ");
      keep("closed", root.dataset.closed);
      button.setAttribute("aria-expanded", !closed().includes(name));
    });
  }
}

// As a drawer the side bar is a dialog, which needs a name; as a column it may have none.
function drawer(element) {
  for (const one of element.querySelectorAll(".offcanvas-lg[data-label]")) {
    one.addEventListener("show.bs.offcanvas", () => one.setAttribute("aria-label", one.dataset.label));
    one.addEventListener("hidden.bs.offcanvas", () => one.removeAttribute("aria-label"));
  }
}

// A list changes its address without a new page: who changes language or office comes back to what is seen.
document.addEventListener("submit", (event) => {
  for (const input of event.target.querySelectorAll("[data-here]")) input.value = location.pathname + location.search;
});

export function start(element) {
  drawer(element);
  themes(element);
  sidebar(element);
  for (const input of element.querySelectorAll("input[data-select]")) {
    input.addEventListener("click", () => input.select());
  }
}
