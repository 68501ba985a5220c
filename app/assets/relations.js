// Beside a relation's select: a link to the record that is chosen, and one to a form for a new record. What is saved
// there, in its own tab, is chosen here. The hash of the link tells that tab whom to answer; nobody else knows it.
const KEPT = "choose";
const waiting = new Map();
let channel;

function tell(message) {
  channel ??= new BroadcastChannel(KEPT);
  channel.onmessage = ({ data }) => hear(data);
  if (message) channel.postMessage(message);
}

function hear({ token, add, key, name, done }) {
  if (done) document.querySelector(`[data-added][data-token="${CSS.escape(done)}"]`)?.removeAttribute("hidden");
  const link = waiting.get(token);
  if (!link?.isConnected || link.pathname !== add) return;
  waiting.delete(token);
  expectFor(link);
  const field = link.closest(".relation");
  const control = field.querySelector("select").tomselect;
  const held = document.activeElement === link;
  control.addOption({ id: key, text: name });
  control.setValue(key);
  if (held && !link.offsetParent) field.querySelector("[data-records]").focus(); // it took the link's place
  const said = field.closest("form").querySelector("[data-chosen]");
  if (said) said.textContent = said.dataset.chosen.replace("{name}", name);
  tell({ done: token });
}

// Each link is answered once, so a second record for the same field needs a new hash.
function expectFor(link) {
  const token = [...crypto.getRandomValues(new Uint32Array(4))].map((part) => part.toString(36)).join("-");
  waiting.set(token, link);
  link.hash = `${KEPT}=${token}`;
  tell();
}

// The page of a tab that was opened for a field: a form remembers for whom, the page after saving it answers, and
// any other page means that the person went on to something else.
function answer() {
  const asked = new URLSearchParams(location.hash.slice(1)).get(KEPT);
  if (asked && document.querySelector("form.record-form")) {
    sessionStorage.setItem(KEPT, JSON.stringify({ token: asked, add: location.pathname }));
    history.replaceState(history.state, "", location.pathname + location.search);
  }
  const kept = JSON.parse(sessionStorage.getItem(KEPT));
  // Requests of two tabs at once can bring back a message that was shown already: the last one is this page's.
  const saved = [...document.querySelectorAll("[data-added]")].at(-1);
  if (!kept || (!saved && location.pathname === kept.add)) return;
  sessionStorage.removeItem(KEPT);
  if (saved?.dataset.added !== kept.add) return;
  saved.dataset.token = kept.token;
  tell({ ...kept, key: saved.dataset.key, name: saved.dataset.name });
}

function follow(link) {
  const select = link.closest(".relation").querySelector("select");
  const point = () => {
    link.hidden = !/^\d+$/.test(select.value); // nothing, or a record that the person may not see
    if (!link.hidden) link.href = link.dataset.records + select.value;
  };
  select.addEventListener("change", point);
  point();
}

export function start(root) {
  for (const link of root.querySelectorAll(".relation [data-records]")) follow(link);
  for (const link of root.querySelectorAll(".relation [data-new]")) expectFor(link);
  if (root !== document.body) return;
  try {
    answer();
  } catch { /* no storage: people choose the new record themselves */ }
}
