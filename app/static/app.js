// The behaviour of lists and forms. Everything works without it, too; it makes typing shorter.
(function ($) {
  "use strict";

  const words = document.body.dataset;

  // Rows of other tables are asked for while one types, so that a form holds none but the chosen one.
  function remote(select) {
    const first = $(select).find("option:selected");
    $(select).select2({
      theme: "bootstrap",
      language: {
        searching: () => words.searching,
        noResults: () => words.nothing,
        loadingMore: () => words.more,
        errorLoading: () => words.failed,
        removeAllItems: () => "×",
      },
      width: "100%",
      allowClear: true,
      placeholder: first.text() || "",
      ajax: {
        url: select.dataset.url,
        delay: 200,
        data: (params) => ({ q: params.term || "", page: (params.page || 1) - 1 }),
        processResults: (data) => ({ results: data.results, pagination: { more: data.more } }),
      },
    });
  }

  function prepare(root) {
    root.querySelectorAll("select.remote").forEach(remote);
  }

  // A row is a copy of the template with the next free number in its names.
  function addRow(fieldset) {
    const body = fieldset.querySelector("tbody");
    const numbers = [...fieldset.querySelectorAll("tbody [name]")].map((input) => {
      const match = input.name.match(/-(\d+)-[^-]*$/);
      return match ? Number(match[1]) : -1;
    });
    const next = Math.max(-1, ...numbers) + 1;
    const copy = fieldset.querySelector("template").content.cloneNode(true);
    copy.querySelectorAll("[name], [id]").forEach((node) => {
      for (const name of ["name", "id", "aria-describedby"]) {
        if (node.hasAttribute(name)) node.setAttribute(name, node.getAttribute(name).replace("__index__", next));
      }
    });
    body.append(copy);
    const row = body.lastElementChild;
    prepare(row);
    const input = row.querySelector("input:not([type=hidden]), select");
    if (input) input.focus();
  }

  document.addEventListener("click", (event) => {
    const target = event.target;
    if (target.matches("[data-select]")) target.select();
    if (target.matches(".add-row")) addRow(target.closest("fieldset"));
    if (target.matches(".filters .remove")) {
      const form = target.closest("form");
      target.closest("li").remove();
      form.submit();
    }
    if (target.matches(".check-all")) {
      target.closest("table").querySelectorAll("[name=rowid]").forEach((box) => { box.checked = target.checked; });
    }
  });

  // One question for one submit: nothing is remembered when it's answered with no.
  document.addEventListener("submit", (event) => {
    const question = event.target.dataset.confirm;
    if (question && !window.confirm(question)) event.preventDefault();
  });

  // The chosen comparison names the value; empty ones don't reach the URL.
  document.querySelectorAll("form.search").forEach((form) => {
    form.addEventListener("submit", () => {
      form.querySelectorAll(".filter-choice").forEach((choice) => {
        const value = choice.querySelector(".operand");
        value.name = value.value ? choice.querySelector(".operator").value : "";
      });
    });
  });

  // A form that was changed asks before it's left.
  document.querySelectorAll("form[data-unsaved]").forEach((form) => {
    let changed = false;
    form.addEventListener("input", () => { changed = true; });
    form.addEventListener("submit", () => { changed = false; });
    window.addEventListener("beforeunload", (event) => { if (changed) event.preventDefault(); });
  });

  // select2 leaves the focus on its frame with this jQuery; who opens a select wants to type.
  $(document).on("select2:open", () => {
    const field = document.querySelector(".select2-container--open .select2-search__field");
    if (field) field.focus();
  });

  prepare(document);
  const problems = document.getElementById("problems") || document.getElementById("conflict");
  if (problems) problems.focus();
})(window.jQuery);
