// The contract desk: a contract is typed with the keyboard alone, stays in this browser until the server has it, and is
// sent once. A lost connection, a reloaded page, a closed browser or a server that starts anew lose and double nothing.
import { sender } from "./sending.js";
import { Waiting, newKey } from "./waiting.js";
import { filled } from "./words.js";

const REST = 300; // milliseconds after which a draft is kept
const PARTIES = 15_000; // between two looks at who has come
const ROWS = 8; // of the contracts that were entered last

const control = (input) => input.tomselect ?? input;

function desk(form) {
  const words = form.dataset;
  const waiting = new Waiting(words.desk);
  const list = document.querySelector("[data-desk-waiting]");
  const state = document.querySelector("[data-desk-state]");
  const last = document.querySelector("[data-desk-last]");
  const problems = form.querySelector("[data-desk-problems]");
  const parties = [...form.querySelectorAll("select.local")];
  const more = [...form.querySelectorAll("[data-desk-more]")];
  const { elements } = form;

  // --- the form ------------------------------------------------------------------------------------------------
  const fields = () => [...new FormData(form)].filter(([name]) => name !== "csrf_token");
  const typed = () => parties.some((one) => one.value) || [...form.querySelectorAll("[name$=-text], [name$=-hours], [name$=-value]")].some((one) => one.value.trim());
  const chosen = () => parties.filter((one) => one.value).map((one) => one.selectedOptions[0].text);

  function names() {
    for (const select of form.querySelectorAll("[data-desk-place]")) {
      for (const option of select.options) {
        option.dataset.plain ??= option.text;
        const name = parties[Number(option.value) - 1]?.selectedOptions[0]?.text;
        option.text = name ? `${option.value}. ${name}` : option.dataset.plain;
      }
    }
  }

  function unmark() {
    problems.hidden = true;
    problems.replaceChildren();
    for (const note of form.querySelectorAll("[data-desk-note]")) note.remove();
    for (const input of form.querySelectorAll("[aria-invalid]")) input.removeAttribute("aria-invalid");
  }

  // What is wrong stands where it's wrong: {"lines-0-text": ["…"], "": ["…"]}.
  function mark(errors) {
    unmark();
    let first = null;
    for (const [name, texts] of Object.entries(errors)) {
      const input = elements[name];
      const place = input?.closest(".field");
      for (const text of texts) {
        const note = document.createElement("p");
        note.textContent = text;
        note.className = "mb-0";
        if (place) {
          note.className = "invalid-feedback d-block mb-0";
          note.dataset.deskNote = "";
          place.append(note);
          place.closest("[data-desk-more]")?.removeAttribute("hidden");
        } else {
          problems.append(note);
          problems.hidden = false;
        }
      }
      if (!place) continue;
      input.setAttribute("aria-invalid", "true");
      first ??= input;
    }
    if (first) control(first).focus();
    else problems.focus();
  }

  let filling = false;
  function fill(entries) {
    clear();
    filling = true;
    for (const [name, value] of entries) {
      const input = elements[name];
      if (!input || input.type === "hidden" && name !== "entry_key") continue;
      if (input.tomselect) input.tomselect.setValue(value, true);
      else if (input.type === "checkbox") input.checked = true;
      else input.value = value;
      if (value && input.matches("select.local, [name$=-text]")) input.closest("[data-desk-more]")?.removeAttribute("hidden");
    }
    filling = false;
    names();
  }

  function clear() {
    form.reset();
    for (const select of parties) select.tomselect.clear(true);
    for (const part of more) part.hidden = true;
    elements.entry_key.value = newKey();
    unmark();
    names();
  }

  function missing() {
    const found = {};
    if (new Set(parties.map((one) => one.value).filter(Boolean)).size < 2) found[parties[0].value ? parties[1].name : parties[0].name] = [words.needParty];
    if (!elements["lines-0-category"].value) found["lines-0-category"] = [words.needField];
    if (!elements["lines-0-text"].value.trim()) found["lines-0-text"] = [words.needField];
    return Object.keys(found).length ? found : null;
  }

  // --- what waits ----------------------------------------------------------------------------------------------
  function button(text, act) {
    const made = document.createElement("button");
    made.type = "button";
    made.className = "btn btn-sm";
    made.textContent = text;
    made.addEventListener("click", act);
    return made;
  }

  function show() {
    const all = waiting.all();
    list.replaceChildren(...all.map((entry) => {
      const line = document.createElement("li");
      line.className = entry.said ? "desk-entry desk-refused" : "desk-entry";
      const text = document.createElement("span");
      text.textContent = entry.said ? `${entry.label}: ${Object.values(entry.said).flat().join(" ")}` : entry.label;
      line.append(text);
      if (entry.said) {
        line.append(
          button(words.correct, () => correct(entry)),
          button(words.discard, () => {
            if (!window.confirm(filled(words.sure, { name: entry.label }))) return;
            waiting.drop(entry.key);
            if (elements.entry_key.value === entry.key) clear();
            show();
          }),
        );
      }
      return line;
    }));
    list.closest("section").hidden = !all.length;
  }

  // A contract that was refused stays where it is until it's sent again, under the key that it has.
  function correct(entry) {
    fill(entry.fields);
    elements.entry_key.value = entry.key;
    mark(entry.said);
  }

  function say(text, bad = false) {
    state.textContent = text;
    state.classList.toggle("desk-offline", bad);
  }

  const sending = sender(form, waiting, {
    saved(answer) {
      say(filled(words.saved, answer));
      last.querySelector(`[data-contract="${answer.id}"]`)?.remove();
      last.insertAdjacentHTML("afterbegin", answer.html);
      while (last.childElementCount > ROWS) last.lastElementChild.remove();
      last.closest("section").hidden = false;
      show();
    },
    refused(entry) {
      show();
      say(words.refused, true);
      if (!typed()) correct(entry);
    },
    kept(reason, number) {
      say(filled(words[reason], { number }), true);
      show();
    },
  });

  // --- what happens --------------------------------------------------------------------------------------------
  let timer;
  const draw = () => {
    timer = undefined;
    waiting.draft = typed() ? fields() : null;
  };
  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(draw, REST);
  });
  // What was typed a moment before the page goes is kept, too.
  window.addEventListener("pagehide", () => {
    if (!timer) return;
    clearTimeout(timer);
    draw();
  });
  form.addEventListener("change", names);

  form.addEventListener("submit", (event) => {
    const wrong = missing();
    if (wrong) {
      event.preventDefault();
      mark(wrong);
      return;
    }
    const key = elements.entry_key.value;
    try {
      waiting.put(key, { at: Date.now(), label: chosen().join(" – "), fields: fields() });
    } catch {
      return; // nothing can be kept here: it's sent as a plain form
    }
    event.preventDefault();
    clearTimeout(timer);
    timer = undefined;
    waiting.draft = null;
    clear();
    show();
    parties[0].tomselect.focus();
    sending.now();
  });

  form.querySelector("[data-desk-add=party]").addEventListener("click", () => {
    const next = more.find((part) => part.hidden && part.querySelector("select.local"));
    if (!next) return;
    next.hidden = false;
    next.querySelector("select").tomselect.focus();
  });
  form.querySelector("[data-desk-add=line]").addEventListener("click", () => {
    const next = more.find((part) => part.hidden && part.querySelector("[name$=-text]"));
    if (!next) return;
    next.hidden = false;
    next.querySelector("select").focus();
  });
  for (const one of form.querySelectorAll("[data-desk-add]")) one.hidden = false;

  // Who has chosen a party goes on typing: the next one, then what is agreed.
  for (const select of parties) {
    select.tomselect.on("item_add", () => {
      if (filling || document.activeElement !== select.tomselect.control_input) return;
      const next = select === parties[0] && !parties[1].value ? parties[1].tomselect : elements["lines-0-category"];
      // When the select is done with it, and before the next key: a timer would come too late for who types fast.
      queueMicrotask(() => next.focus());
    });
  }

  // Who comes later is offered later.
  async function come() {
    try {
      const answer = await fetch(words.parties, { cache: "no-cache", redirect: "manual", headers: { Accept: "application/json" } });
      if (!answer.ok) return;
      const { parties: present } = await answer.json();
      // Only those who are new, and a row of its own for each list: what is added again is taken out of an open list.
      for (const { tomselect } of parties) {
        for (const one of present) if (!Object.hasOwn(tomselect.options, one.value)) tomselect.addOption({ ...one });
      }
    } catch { /* those who are known can be chosen */ }
  }
  setInterval(come, PARTIES);
  window.addEventListener("focus", come);
  window.addEventListener("storage", show);

  // A page that was opened again: a browser may have filled in the key of a contract that is saved already.
  const draft = waiting.draft;
  const plain = "changed" in words;
  if (!plain) clear();
  if (draft && !plain) fill(draft);
  const refused = waiting.all().find((entry) => entry.said);
  if (refused && !draft && !plain) correct(refused);
  names();
  show();
  sending.now();
}

export function start(root) {
  for (const form of root.querySelectorAll("form[data-desk]:not([data-ready])")) {
    form.dataset.ready = "";
    desk(form);
  }
}
