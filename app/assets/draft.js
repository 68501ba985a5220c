// Who changes the language or the office while a form isn't saved finds it again as it was, on the page that comes next.
// Until then what was changed is kept by the tab alone: for this person, a few minutes, and never a password or a file.
import { build } from "./rows.js";
import { read, write } from "./days.js";

const KEPT = "draft";
const MINUTES = 10;
// What belongs to the page, not to the person; and the tokens of it.
const OWN = /^(csrf_token|row_next)$/;

function store(draft) {
  try {
    if (draft) sessionStorage.setItem(KEPT, JSON.stringify(draft));
    else sessionStorage.removeItem(KEPT);
    return true;
  } catch { return false; }
}

function kept() {
  try { return JSON.parse(sessionStorage.getItem(KEPT)); } catch { return null; }
}

// What a form holds, by name: the values of its fields as they stand there.
export function held(form) {
  const found = new Map();
  for (const [name, value] of new FormData(form)) {
    const input = form.elements[name];
    if (value instanceof File || OWN.test(name) || input?.type === "password") continue;
    found.set(name, [...(found.get(name) ?? []), value]);
  }
  return found;
}

// A row that was chosen in a select isn't on the page that comes next: its name goes along.
function titles(form, name) {
  const select = form.elements[name];
  return select?.matches?.("select.remote") ? [...select.selectedOptions].map((one) => [one.value, one.textContent]) : [];
}

export function keep(form, before) {
  const now = held(form);
  const names = new Set([...before.keys(), ...now.keys()]);
  const changed = [...names].filter((name) => "changed" in form.dataset || JSON.stringify(before.get(name)) !== JSON.stringify(now.get(name)));
  const fields = changed.map((name) => {
    const sample = form.elements[name]?.dataset?.date;
    return { name, values: now.get(name) ?? [], titles: titles(form, name), sample };
  });
  // On which version of the record it was opened belongs to it.
  for (const name of ["row_version", "row_before", "row_back"]) {
    if (form.elements[name] && !changed.includes(name)) fields.push({ name, values: now.get(name) ?? [], titles: [] });
  }
  const rows = [...form.querySelectorAll("fieldset.rows")].map((part) => [part.id, [...part.querySelectorAll("[name$=-row_rank]")].filter((input) => !input.closest("template")).map((input) => input.name.split("-").at(-2))]);
  return store({ address: location.pathname, person: document.body.dataset.person, until: Date.now() + MINUTES * 60000, fields, rows });
}

function fill(form, { name, values, titles: known, sample }) {
  const found = form.elements[name];
  const all = found instanceof RadioNodeList ? [...found] : [found].filter(Boolean);
  for (const input of all) {
    if (input.type === "file" || input.type === "password") continue;
    if (input.type === "checkbox" || input.type === "radio") input.checked = values.includes(input.value);
    else if (input.tomselect) {
      for (const [id, text] of known.filter(([key]) => key)) input.tomselect.addOption({ id, value: id, text });
      input.tomselect.setValue(input.multiple ? values : values[0] ?? "");
    } else if (input.dataset.date && sample) input.value = write(read(values[0] ?? "", sample), input.dataset.date) || (values[0] ?? "");
    else input.value = values[0] ?? "";
  }
}

// Fill a form with what was kept for it; whether there was something.
export function restore(form) {
  const draft = kept();
  if (!draft || draft.address !== location.pathname) return false;
  store(null);
  for (const [id, numbers] of draft.rows) {
    const part = document.getElementById(id);
    if (part) build(part, numbers);
  }
  for (const field of draft.fields) fill(form, field);
  for (const part of form.querySelectorAll("fieldset.rows")) build(part);
  return true;
}

export function start(root) {
  if (root !== document.body) return;
  const draft = kept();
  const mine = draft && draft.person === document.body.dataset.person && draft.until > Date.now();
  if (draft && !mine) store(null);
  for (const form of root.querySelectorAll("form[data-sign-out]")) form.addEventListener("submit", () => store(null));
}
