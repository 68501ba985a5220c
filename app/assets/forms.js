// Forms: what is wrong is led to, what was typed isn't lost, and what may be there already is shown.
import * as draft from "./draft.js";

const PAUSE = 350;

function goTo(id) {
  const target = document.getElementById(id);
  if (!target) return;
  const field = target.matches("fieldset, .choices") ? target.querySelector(".row-cells :is(input:not([type=hidden]), select), input") ?? target : target;
  (field.closest(".field, .cell, fieldset") ?? field).scrollIntoView({ block: "center" });
  (field.tomselect ?? field).focus();
}

// What a form holds, as one text: it has changed when that differs, and not before.
function held(form) {
  const parts = [...new FormData(form)].map(([name, value]) => [name, value instanceof File ? `${value.name} ${value.size}` : value]);
  return JSON.stringify(parts.filter(([name]) => name !== "row_next"));
}

function guard(form) {
  const before = held(form);
  const values = draft.held(form);
  let leaving = false;
  const restored = draft.restore(form);
  const differs = () => "changed" in form.dataset || held(form) !== before;
  const show = () => {
    const mark = form.querySelector(".form-changed");
    if (mark) mark.hidden = !differs();
  };
  form.addEventListener("input", show);
  form.addEventListener("change", show);
  show();
  if (restored) form.querySelector("[data-restored]")?.removeAttribute("hidden");
  // Another language or office is another page: what was typed goes along.
  document.addEventListener("submit", (event) => {
    if (event.target.querySelector("[data-here]") && differs() && draft.keep(form, values)) leaving = true;
  });
  form.addEventListener("submit", (event) => {
    if (event.defaultPrevented) return;
    if (leaving) {
      event.preventDefault(); // the second click of a double one
      return;
    }
    leaving = true;
    form.setAttribute("aria-busy", "true");
  });
  window.addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    leaving = false;
    form.removeAttribute("aria-busy");
  });
  window.addEventListener("beforeunload", (event) => {
    if (!leaving && form.isConnected && differs()) event.preventDefault();
  });
}

// A file that the server won't take is told of before it's sent.
function weigh(form) {
  const inputs = () => [...form.querySelectorAll("input[type=file]")];
  const problem = () => {
    const all = inputs().flatMap((input) => [...input.files]).reduce((sum, file) => sum + file.size, 0);
    const most = Number(inputs()[0]?.dataset.largest);
    return Boolean(most) && all > most;
  };
  const mark = (input, bad) => {
    input.classList.toggle("is-invalid", bad);
    let note = input.parentElement.querySelector(".file-problem");
    if (!bad) {
      note?.remove();
      return;
    }
    if (!note) {
      note = document.createElement("div");
      note.className = "invalid-feedback d-block file-problem";
      note.setAttribute("role", "alert");
      input.after(note);
    }
    note.textContent = form.dataset.tooLarge;
  };
  form.addEventListener("change", (event) => {
    if (!event.target.matches("input[type=file]")) return;
    const bad = problem();
    for (const input of inputs()) mark(input, bad && input.files.length > 0);
  });
  form.addEventListener("submit", (event) => {
    if (!problem()) return;
    event.preventDefault();
    inputs().find((input) => input.files.length)?.focus();
  });
}

function duplicates(place) {
  const form = place.closest("form");
  const columns = place.dataset.columns.split(" ");
  const inputs = (column) => {
    const [rows, cell] = column.split(".");
    const pattern = cell ? new RegExp(`^${rows}-\\d+-${cell}$`) : new RegExp(`^${column}$`);
    return [...form.elements].filter((input) => pattern.test(input.name));
  };
  let timer;
  let asking;
  let asked = "";
  const ask = async () => {
    const typed = columns.flatMap((column) => inputs(column).map((input) => [column, input.value.trim()])).filter(([, text]) => text.length > 1);
    const query = new URLSearchParams(typed).toString();
    if (query === asked) return;
    asked = query;
    asking?.abort();
    if (!typed.length) {
      place.replaceChildren();
      return;
    }
    asking = new AbortController();
    try {
      const answer = await fetch(`${place.dataset.url}?${query}`, { signal: asking.signal, redirect: "error" });
      const html = answer.ok ? (await answer.text()).trim() : "";
      if (html !== place.innerHTML.trim()) place.innerHTML = html;
    } catch { /* a newer question, or no answer: the form works without */ }
  };
  form.addEventListener("input", (event) => {
    if (!columns.some((column) => inputs(column).includes(event.target))) return;
    clearTimeout(timer);
    timer = setTimeout(ask, PAUSE);
  });
  ask(); // a form that comes back with an error holds a name already
}

export function start(root) {
  for (const link of root.querySelectorAll("[data-goto]")) {
    link.addEventListener("click", (event) => {
      event.preventDefault();
      goTo(link.dataset.goto);
    });
  }
  for (const place of root.querySelectorAll(".duplicates[data-url]")) duplicates(place);
  for (const form of root.querySelectorAll("form[data-unsaved]")) {
    weigh(form);
    guard(form);
  }
  (root.querySelector("#problems") || root.querySelector("#conflict"))?.focus();
}
