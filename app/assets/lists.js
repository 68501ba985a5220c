// Lists: ticking rows, opening them, menus beside the search box, columns, and what is said after a change.

// --- ticked rows ---------------------------------------------------------------------------------------------
function bulk(form) {
  const boxes = [...document.querySelectorAll(`input[name="rowid"][form="${form.id}"]`)];
  const all = document.querySelector(".check-all");
  const every = form.querySelector("[name=every]");
  const count = form.querySelector("[data-count]");
  let last = null;

  // What can't be done with so many is not offered, and the reason stands beside it.
  function limit(many) {
    const reason = form.querySelector(".bulk-limit");
    if (!reason) return;
    reason.hidden = !many;
    for (const one of form.querySelectorAll("[data-limited]")) {
      if (one.matches("button")) one.disabled = many;
      one.classList.toggle("disabled", many);
      one.toggleAttribute("inert", many);
      if (many) one.setAttribute("aria-describedby", reason.id);
      else one.removeAttribute("aria-describedby");
      if (many && one.matches("summary")) one.parentElement.open = false;
    }
  }

  function show() {
    const ticked = boxes.filter((box) => box.checked).length;
    form.classList.toggle("is-idle", ticked === 0);
    count.textContent = every?.checked ? every.closest("label").textContent.trim() : form.dataset.chosen.replace("{}", ticked);
    for (const box of boxes) box.closest("tr").classList.toggle("is-ticked", box.checked);
    if (all) {
      all.checked = ticked === boxes.length;
      all.indeterminate = ticked > 0 && ticked < boxes.length;
    }
    limit(Boolean(every?.checked) && "tooMany" in form.dataset);
    // All matches are offered to who has ticked the whole page.
    if (every) {
      const whole = ticked === boxes.length;
      every.closest("label").hidden = !whole;
      if (!whole) every.checked = false;
    }
  }

  for (const box of boxes) {
    box.addEventListener("click", (event) => {
      if (event.shiftKey && last && last !== box) {
        const [from, to] = [boxes.indexOf(last), boxes.indexOf(box)].sort((a, b) => a - b);
        for (const between of boxes.slice(from, to + 1)) between.checked = box.checked;
      }
      last = box;
      show();
    });
  }
  all?.addEventListener("click", () => {
    for (const box of boxes) box.checked = all.checked;
    show();
  });
  every?.addEventListener("change", show);
  form.addEventListener("submit", () => { for (const menu of form.querySelectorAll("details")) menu.open = false; });
  show();
}

// --- rows ----------------------------------------------------------------------------------------------------
// A click beside the links of a row opens it; who selects text, ticks, or follows a link does just that.
function openRow(event) {
  const row = event.target.closest?.(".list-table tbody tr");
  const link = row?.querySelector("a.row-link");
  if (!link || event.defaultPrevented || event.target.closest("a, button, input, label, select, textarea, summary")) return;
  if (event.target.closest("td.check")) {
    if (event.type === "click") event.target.closest("td").querySelector("input")?.click();
    return;
  }
  if (event.type === "click" && String(getSelection()).length > 0) return;
  if (event.type === "auxclick" ? event.button === 1 : event.ctrlKey || event.metaKey) window.open(link.href, "_blank", "noopener");
  else if (event.type === "click") location.assign(link.href);
}
document.addEventListener("click", openRow);
document.addEventListener("auxclick", openRow);

// The heading stays in sight: with the page where the table fits, within its own box where it's wider than the page.
function fit(box) {
  box.classList.remove("fits", "is-wide");
  box.classList.add(box.scrollWidth > box.clientWidth + 1 ? "is-wide" : "fits");
  if (box.classList.contains("is-wide")) box.tabIndex = 0;
  else box.removeAttribute("tabindex");
}
const watch = new ResizeObserver((entries) => { for (const entry of entries) fit(entry.target.querySelector("[data-scroll]") ?? entry.target); });

// --- menus beside the search box -------------------------------------------------------------------------------
function closeMenus(but) {
  for (const menu of document.querySelectorAll("details.menu[open]")) if (menu !== but) menu.open = false;
}
document.addEventListener("click", (event) => closeMenus(event.target.closest?.("details.menu")));
document.addEventListener("keydown", (event) => {
  const menu = event.key === "Escape" && document.querySelector("details.menu[open]");
  if (!menu) return;
  menu.open = false;
  menu.querySelector("summary").focus();
});
document.addEventListener("focusout", (event) => {
  const menu = event.target.closest?.("details.menu[open]");
  if (menu && event.relatedTarget && !menu.contains(event.relatedTarget)) menu.open = false;
});
// In a list of choices, arrows lead on, and a letter leads to the next one that begins with it.
document.addEventListener("keydown", (event) => {
  const list = event.target.matches?.("a, button") && event.target.closest(".menu-panel");
  if (!list || event.ctrlKey || event.metaKey || event.altKey) return;
  const items = [...list.querySelectorAll("a, button")];
  const at = items.indexOf(event.target);
  const after = [...items.slice(at + 1), ...items.slice(0, at)];
  const next = { ArrowDown: after[0], ArrowUp: after.at(-1), Home: items[0], End: items.at(-1) }[event.key]
    ?? (event.key.length === 1 && event.key !== " " && after.find((item) => item.textContent.trim().toLowerCase().startsWith(event.key.toLowerCase())));
  if (!next) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  next.focus();
});

function columns(form) {
  const list = form.querySelector(".column-choices");
  form.addEventListener("submit", (event) => {
    const name = event.submitter?.name;
    if (name !== "up" && name !== "down") return;
    event.preventDefault();
    const item = event.submitter.closest("li");
    const other = name === "up" ? item.previousElementSibling : item.nextElementSibling;
    if (other) list.insertBefore(name === "up" ? item : other, name === "up" ? other : item);
    event.submitter.focus();
  });
  let dragged = null;
  list.addEventListener("dragstart", (event) => { dragged = event.target.closest("li"); dragged.classList.add("is-dragged"); });
  list.addEventListener("dragend", () => { dragged?.classList.remove("is-dragged"); dragged = null; });
  list.addEventListener("dragover", (event) => {
    const target = event.target.closest("li");
    if (!dragged || !target || target === dragged) return;
    event.preventDefault();
    const { top, height } = target.getBoundingClientRect();
    list.insertBefore(dragged, event.clientY < top + height / 2 ? target : target.nextSibling);
  });
}

// --- after a change without a new page -------------------------------------------------------------------------
// Who isn't signed in any more gets the whole page.
document.addEventListener("htmx:beforeSwap", (event) => {
  const { xhr, target } = event.detail;
  if (!target.closest?.(".list-page") || !xhr.responseURL) return;
  if (new URL(xhr.responseURL).pathname === location.pathname && xhr.status < 400) return;
  event.detail.shouldSwap = false;
  location.assign(xhr.status < 400 ? xhr.responseURL : location.href);
});

// Without an answer what is seen is older than what was asked.
function tell(failed) {
  const status = document.getElementById("list-status");
  document.getElementById("list-failed")?.remove();
  if (!failed || !status) return;
  const note = document.createElement("div");
  Object.assign(note, { id: "list-failed", className: "alert alert-warning", textContent: status.dataset.failed });
  note.setAttribute("role", "alert");
  status.after(note);
}
document.addEventListener("htmx:sendError", () => tell(true));
document.addEventListener("htmx:afterSwap", () => tell(false));

document.addEventListener("htmx:afterSettle", (event) => {
  const { elt, target, requestConfig } = event.detail;
  if (target?.id === "filter-step") {
    // A changed comparison keeps the focus; a chosen column leads to its value, and the way back to the columns.
    if (requestConfig?.elt?.id === "filter-comparison") return document.getElementById("filter-comparison")?.focus();
    const input = document.querySelector("#filter-step [data-first]");
    (input?.tomselect ?? input ?? document.querySelector("#filter-comparison, .filter-columns a"))?.focus();
    return;
  }
  const list = document.getElementById("list");
  if (!list || (target?.id !== "list" && elt?.id !== "list")) return;
  document.getElementById("list-status").textContent = list.dataset.announce;
  if (document.activeElement && document.activeElement !== document.body) return;
  const again = requestConfig?.elt?.id && document.getElementById(requestConfig.elt.id);
  if (again) again.focus({ preventScroll: true });
  if (document.activeElement === document.body) list.focus({ preventScroll: true });
});

// Who comes back from a row's form goes on where it was.
function goOn() {
  const row = /^#row-\d+$/.test(location.hash) && document.querySelector(`.list-table ${location.hash}`);
  if (!row) return;
  row.scrollIntoView({ block: "nearest" });
  (row.querySelector(".row-edit a") ?? row.querySelector(".row-link"))?.focus({ preventScroll: true });
}

export function start(root) {
  if (root === document.body) goOn();
  const all = (selector) => [...(root.matches?.(selector) ? [root] : []), ...root.querySelectorAll(selector)];
  for (const form of all("form[data-bulk]")) bulk(form);
  for (const form of all("form[data-columns]")) columns(form);
  for (const box of all("[data-scroll]")) watch.observe(box.closest(".list-card"));
  for (const select of all("select[data-submit]")) {
    select.addEventListener("change", () => select.form.requestSubmit());
  }
  for (const menu of all("details.menu")) {
    menu.addEventListener("toggle", () => { if (menu.open) menu.querySelector("select, a, input:not([type=hidden]), button")?.focus(); });
  }
}
