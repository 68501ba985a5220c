// Selects whose rows are asked for while one types, so that a page holds none but the chosen one.
import TomSelect from "tom-select/dist/esm/tom-select.js";
import clearButton from "tom-select/dist/esm/plugins/clear_button/plugin.js";
import virtualScroll from "tom-select/dist/esm/plugins/virtual_scroll/plugin.js";

TomSelect.define("clear_button", clearButton);
TomSelect.define("virtual_scroll", virtualScroll);

function remote(select) {
  const words = document.body.dataset;
  const address = (query, page) => `${select.dataset.url}?${new URLSearchParams({ q: query, page })}`;
  const control = new TomSelect(select, {
    valueField: "id",
    labelField: "text",
    searchField: [],
    maxOptions: null,
    preload: "focus",
    loadThrottle: 200,
    plugins: {
      ...(select.multiple ? {} : { clear_button: { title: words.clear } }),
      virtual_scroll: {},
    },
    firstUrl: (query) => address(query, 0),
    load(query, done) {
      const url = this.getUrl(query);
      const page = Number(new URL(url, location.href).searchParams.get("page"));
      fetch(url, { headers: { Accept: "application/json" } })
        .then((answer) => (answer.ok ? answer.json() : Promise.reject(answer.status)))
        .then((data) => {
          if (data.more) this.setNextUrl(query, address(query, page + 1));
          done(data.results);
        })
        .catch(() => done());
    },
    render: {
      no_results: () => `<div class="no-results">${words.nothing}</div>`,
      loading: () => `<div class="no-results">${words.searching}</div>`,
      loading_more: () => `<div class="no-results">${words.more}</div>`,
      no_more_results: null,
    },
  });
  return control;
}

export function start(root) {
  for (const select of root.querySelectorAll("select.remote")) {
    if (!select.tomselect && !select.closest("template")) remote(select);
  }
}
