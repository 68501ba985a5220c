// Forms: rows of a record's parts, and a warning before typed things are lost.
import * as selects from "./selects.js";

// A row is a copy of the template with the next free number in its names.
function addRow(fieldset) {
  const body = fieldset.querySelector("tbody");
  const numbers = [...body.querySelectorAll("[name]")].map((input) => Number(input.name.match(/-(\d+)-[^-]*$/)?.[1] ?? -1));
  const next = Math.max(-1, ...numbers) + 1;
  const copy = fieldset.querySelector("template").content.cloneNode(true);
  for (const node of copy.querySelectorAll("[name], [id]")) {
    for (const name of ["name", "id", "aria-describedby"]) {
      if (node.hasAttribute(name)) node.setAttribute(name, node.getAttribute(name).replace("__index__", next));
    }
  }
  body.append(copy);
  const row = body.lastElementChild;
  selects.start(row);
  row.querySelector("input:not([type=hidden]), select")?.focus();
}

export function start(root) {
  for (const button of root.querySelectorAll(".add-row")) {
    button.addEventListener("click", () => addRow(button.closest("fieldset")));
  }
  for (const form of root.querySelectorAll("form[data-unsaved]")) {
    let changed = false;
    form.addEventListener("input", () => { changed = true; });
    form.addEventListener("submit", () => { changed = false; });
    window.addEventListener("beforeunload", (event) => { if (changed) event.preventDefault(); });
  }
  (root.querySelector("#problems") || root.querySelector("#conflict"))?.focus();
}
