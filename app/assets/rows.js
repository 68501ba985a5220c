// Rows of a record's parts: added, removed until the form is saved, and put in order by buttons or by drag.
import * as days from "./days.js";
import * as relations from "./relations.js";
import * as selects from "./selects.js";
import { filled } from "./words.js";

const rowsOf = (part) => [...part.querySelector(".row-list").children];
const changed = (part) => part.dispatchEvent(new Event("input", { bubbles: true }));

function say(part, text) {
  part.querySelector(".rows-said").textContent = text;
}

function count(part) {
  const rows = rowsOf(part);
  rows.forEach((row, index) => row.setAttribute("aria-label", filled(part.dataset.row, { number: index + 1 })));
  const full = rows.filter((row) => !row.matches(".row-gone")).length >= Number(part.dataset.most);
  part.querySelector(".add-row").disabled = full;
  part.querySelector(".rows-full").hidden = !full;
}

function rank(part) {
  rowsOf(part).forEach((row, index) => { row.querySelector("[name$=-row_rank]").value = index; });
  count(part);
  changed(part);
}

const numberOf = (row) => Number(row.querySelector("[name$=-row_rank]").name.split("-").at(-2));

// A row is a copy of the template with a number of its own in its names.
function made(part, number) {
  const row = part.querySelector("template").content.firstElementChild.cloneNode(true);
  for (const node of row.querySelectorAll("[name], [id], [for]")) {
    for (const name of ["name", "id", "for", "aria-describedby"]) {
      if (node.hasAttribute(name)) node.setAttribute(name, node.getAttribute(name).replaceAll("__index__", number));
    }
  }
  part.querySelector(".row-list").append(row);
  equip(row);
  selects.start(row);
  relations.start(row);
  days.start(row);
  return row;
}

function add(part) {
  const row = made(part, Math.max(-1, ...rowsOf(part).map(numberOf)) + 1);
  count(part);
  changed(part);
  const first = row.querySelector(".row-cells :is(input:not([type=hidden]), select, textarea)");
  (first?.tomselect ?? first)?.focus();
}

// The rows with these numbers in this order, and no others; without numbers, those that are there, once they were filled.
export function build(part, numbers) {
  const known = new Map(rowsOf(part).map((row) => [String(numberOf(row)), row]));
  const wanted = (numbers ?? [...known.keys()]).map((number) => known.get(number) ?? made(part, number));
  part.querySelector(".row-list").replaceChildren(...wanted);
  wanted.forEach(mark);
  count(part);
}

function remove(part, row, gone) {
  row.querySelector("[name$=-row_remove]").checked = gone;
  mark(row);
  count(part);
  changed(part);
  say(part, gone ? part.dataset.removed : "");
  row.querySelector(gone ? ".row-undo" : ".row-remove").focus();
}

function mark(row) {
  const gone = row.querySelector("[name$=-row_remove]").checked;
  row.classList.toggle("row-gone", gone);
  row.querySelector(".row-cells").inert = gone;
  for (const name of ["up", "down", "remove"]) row.querySelector(`.row-${name}`).hidden = gone;
  row.querySelector(".row-undo").hidden = !gone;
}

function move(part, row, down) {
  const other = down ? row.nextElementSibling : row.previousElementSibling;
  if (!other) return;
  other[down ? "after" : "before"](row);
  rank(part);
  const rows = rowsOf(part);
  say(part, filled(part.dataset.moved, { number: rows.indexOf(row) + 1, all: rows.length }));
  row.querySelector(down ? ".row-down" : ".row-up").focus();
}

// What needs a script is shown by it.
function equip(row) {
  row.querySelector(".row-remove-tick").hidden = true;
  row.querySelector(".row-grip").hidden = false;
  mark(row);
}

function drag(part) {
  let held = null;
  part.addEventListener("dragstart", (event) => {
    if (!event.target.matches?.(".row-grip")) return;
    held = event.target.closest(".form-row");
    held.classList.add("row-dragged");
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", "");
    event.dataTransfer.setDragImage(held, 0, 0);
  });
  part.addEventListener("dragover", (event) => {
    if (!held) return;
    event.preventDefault();
    const over = event.target.closest?.(".form-row");
    if (!over || over === held || over.parentElement !== held.parentElement) return;
    const box = over.getBoundingClientRect();
    over[event.clientY > box.top + box.height / 2 ? "after" : "before"](held);
  });
  part.addEventListener("drop", (event) => { if (held) event.preventDefault(); });
  part.addEventListener("dragend", () => {
    if (!held) return;
    held.classList.remove("row-dragged");
    held = null;
    rank(part);
  });
}

// Empty rows stand ready for who has no script; a record that has its parts needs none.
function trim(part) {
  const form = part.closest("form");
  if (!form.elements.row_version?.value || "changed" in form.dataset) return;
  for (const row of rowsOf(part)) {
    if (!row.querySelector("[name$=-row_id]").value) row.remove();
  }
}

export function start(root) {
  for (const part of root.querySelectorAll("fieldset.rows:not([data-ready])")) {
    part.dataset.ready = "";
    trim(part);
    rowsOf(part).forEach(equip);
    part.querySelector(".add-row").hidden = false;
    part.addEventListener("click", (event) => {
      const button = event.target.closest("button");
      const row = button?.closest(".form-row");
      if (button?.matches(".add-row")) add(part);
      else if (row && button.matches(".row-remove")) remove(part, row, true);
      else if (row && button.matches(".row-undo")) remove(part, row, false);
      else if (row && button.matches(".row-up, .row-down")) move(part, row, button.matches(".row-down"));
    });
    drag(part);
    count(part);
  }
}
