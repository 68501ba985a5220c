// Selects that are typed into: rows of other tables are asked for, so that a page holds none but the chosen one;
// several choices of a closed set stand side by side. Words come from the page.
import TomSelect from "tom-select/dist/esm/tom-select.js";
import clearButton from "tom-select/dist/esm/plugins/clear_button/plugin.js";
import removeButton from "tom-select/dist/esm/plugins/remove_button/plugin.js";
import virtualScroll from "tom-select/dist/esm/plugins/virtual_scroll/plugin.js";

TomSelect.define("clear_button", clearButton);
TomSelect.define("remove_button", removeButton);
TomSelect.define("virtual_scroll", virtualScroll);

const words = () => document.body.dataset;
const note = (text) => () => {
  const node = document.createElement("div");
  node.className = "no-results";
  node.textContent = text();
  return node;
};

function remote(select) {
  const address = (query, page) => `${select.dataset.url}?${new URLSearchParams({ q: query, page })}`;
  return {
    valueField: "id",
    labelField: "text",
    searchField: [],
    maxOptions: null,
    preload: "focus",
    closeAfterSelect: true, // what stays open covers the button below it
    loadThrottle: 200,
    placeholder: select.dataset.hint || "",
    plugins: {
      ...(select.multiple ? removable(select) : { clear_button: { title: words().clear } }),
      virtual_scroll: {},
    },
    firstUrl: (query) => address(query, 0),
    load(query, done) {
      const url = this.getUrl(query);
      const page = Number(new URL(url, location.href).searchParams.get("page"));
      fetch(url, { headers: { Accept: "application/json" } })
        .then((answer) => (answer.ok ? answer.json() : Promise.reject(answer.status)))
        .then((data) => {
          // An answer to what was typed before must not take the place of a newer one.
          if (this.lastValue !== query) return forget(this);
          if (data.more) this.setNextUrl(query, address(query, page + 1));
          this.failed = false;
          return done(data.results);
        })
        .catch(() => {
          this.failed = true;
          done();
        });
    },
    render: {
      no_results: note(() => words().nothing),
      loading: note(() => words().searching),
      loading_more: note(() => words().more),
      no_more_results: null,
    },
  };
}

function forget(control) {
  control.loading = Math.max(control.loading - 1, 0);
  if (!control.loading) control.wrapper.classList.remove(control.settings.loadingClass);
}

const removable = (select) => ({ remove_button: { title: select.dataset.remove || words().clear } });

const several = (select) => ({
  maxOptions: null,
  plugins: removable(select),
  render: { no_results: note(() => words().nothing) },
});

// One of those that stand on the page already: found by the first letters, however an umlaut is typed, and without asking
// the server.
const local = () => ({
  maxOptions: 30,
  openOnFocus: false,
  selectOnTab: true,
  searchField: ["text", "found"],
  plugins: { clear_button: { title: words().clear } },
  // Who begins with it comes before who has it somewhere.
  score(typed) {
    const like = this.getScoreFunction(typed);
    const first = typed.trim().toLowerCase();
    return (item) => like(item) * (item.text.toLowerCase().startsWith(first) || item.found?.startsWith(first) ? 10 : 1);
  },
  render: { no_results: note(() => words().nothing) },
});

const kind = (select) => (select.matches(".remote") ? remote(select) : select.matches(".local") ? local() : several(select));

function enhance(select) {
  const control = new TomSelect(select, kind(select));
  // Who types fast and presses Enter means what was typed: a timer would come too late, and open the list once more.
  if (select.matches(".local")) control.hook("instead", "onInput", () => control.refreshOptions());
  const input = control.control_input;
  for (const name of ["aria-describedby", "aria-invalid", "aria-label"]) {
    if (select.hasAttribute(name)) input.setAttribute(name, select.getAttribute(name));
  }
  // What is cut off can be read by pointing at it.
  const name = () => { for (const item of control.control.querySelectorAll(".item")) item.title = item.firstChild?.textContent.trim() ?? ""; };
  control.on("change", name);
  name();
  // The native select only holds the value now.
  select.setAttribute("aria-hidden", "true");
  select.addEventListener("focus", () => control.focus());
  if (document.activeElement === select) control.focus();
}

export function start(root) {
  for (const select of root.querySelectorAll("select.remote, select.local, select[multiple]")) {
    if (!select.tomselect && !select.closest("template")) enhance(select);
  }
}
