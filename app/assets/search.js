// The global search: hits below the box while one types. Ctrl+K opens it; arrows, Enter and Esc do the rest.
const WAIT = 160; // milliseconds of rest before a search
const SHORTEST = 2;
const MAC = /Mac|iPhone|iPad/.test(navigator.platform);

function finder(form) {
  const input = form.querySelector("input[type=search]");
  const list = form.querySelector(".finder-hits");
  const status = form.querySelector("[role=status]");
  const key = form.querySelector(".finder-key");
  let timer, running, shown = "", active = -1;

  input.setAttribute("role", "combobox");
  input.setAttribute("aria-autocomplete", "list");
  input.setAttribute("aria-expanded", "false");
  input.setAttribute("aria-controls", "finder-list");
  key.textContent = MAC ? "⌘K" : form.dataset.key;
  key.hidden = false;

  const options = () => [...list.querySelectorAll("[role=option]")];

  function mark(place) {
    const all = options();
    active = all.length ? (place + all.length) % all.length : -1;
    all.forEach((option, index) => option.setAttribute("aria-selected", index === active));
    if (active < 0) return input.removeAttribute("aria-activedescendant");
    input.setAttribute("aria-activedescendant", all[active].id);
    all[active].scrollIntoView({ block: "nearest" });
  }

  function unmark() {
    active = -1;
    for (const option of options()) option.setAttribute("aria-selected", "false");
    input.removeAttribute("aria-activedescendant");
  }

  function close() {
    clearTimeout(timer);
    running?.abort();
    list.hidden = true;
    input.setAttribute("aria-expanded", "false");
    unmark();
  }

  function open() {
    if (!list.childElementCount) return;
    list.hidden = false;
    input.setAttribute("aria-expanded", "true");
  }

  function say(text) {
    status.textContent = text;
  }

  // Each search ends the one before it, so that an earlier answer never replaces a later one.
  async function search(typed) {
    running?.abort();
    const mine = running = new AbortController();
    list.setAttribute("aria-busy", "true");
    try {
      const address = `${form.dataset.finder}?${new URLSearchParams({ q: typed })}`;
      const answer = await fetch(address, { signal: mine.signal, headers: { "X-Requested-With": "fetch" } });
      // Who was signed out meanwhile is sent to the sign-in by the next page.
      if (answer.status === 401) return location.reload();
      if (!answer.ok) throw new Error(answer.statusText);
      const text = await answer.text();
      if (mine !== running) return;
      list.innerHTML = text;
      shown = typed;
      unmark();
      open();
      say(list.querySelector("[data-status]").textContent);
    } catch (error) {
      if (mine !== running || error.name === "AbortError") return;
      list.replaceChildren();
      close();
      say(form.dataset.failed);
    } finally {
      if (mine === running) list.removeAttribute("aria-busy");
    }
  }

  function typing() {
    clearTimeout(timer);
    const typed = input.value.trim();
    if (typed.length < SHORTEST) {
      list.replaceChildren();
      shown = "";
      say("");
      return close();
    }
    timer = setTimeout(() => search(typed), WAIT);
  }

  input.addEventListener("input", typing);
  input.addEventListener("focus", () => { if (shown && shown === input.value.trim()) open(); });
  input.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (list.hidden) open();
      else mark(active < 0 && event.key === "ArrowUp" ? -1 : active + (event.key === "ArrowDown" ? 1 : -1));
    } else if (event.key === "Enter" && active >= 0 && !list.hidden) {
      event.preventDefault();
      const address = options()[active].href;
      if (event.ctrlKey || event.metaKey) window.open(address, "_blank", "noopener");
      else location.assign(address);
    } else if (event.key === "Escape") {
      event.preventDefault();
      if (!list.hidden) close();
      else input.blur();
    } else if (event.key === "Tab") {
      close();
    }
  });
  list.addEventListener("pointermove", (event) => {
    const place = options().indexOf(event.target.closest("[role=option]"));
    if (place >= 0 && place !== active) mark(place);
  });
  // The box keeps the focus while a hit is clicked.
  list.addEventListener("mousedown", (event) => event.preventDefault());
  document.addEventListener("click", (event) => { if (!form.contains(event.target)) close(); });
  form.addEventListener("focusout", (event) => { if (!form.contains(event.relatedTarget)) close(); });
  window.addEventListener("pageshow", close);

  document.addEventListener("keydown", (event) => {
    const asked = event.key.toLowerCase() === "k" && (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey;
    if (!asked || document.querySelector("dialog[open]")) return;
    event.preventDefault();
    input.focus();
    input.select();
  });
}

export function start(root) {
  for (const form of root.querySelectorAll("form[data-finder]")) {
    if (form.dataset.ready) continue;
    form.dataset.ready = "yes";
    finder(form);
  }
}
