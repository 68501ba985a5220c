// Check-in: the list is as short as what one types, without asking the server.
const folded = (text) => text.toLowerCase().replace(/ä/g, "ae").replace(/ö/g, "oe").replace(/ü/g, "ue").replace(/ß/g, "ss").normalize("NFKD").replace(/[\u0300-\u036f]/g, "");

function filter(form) {
  const input = form.querySelector("input[type=search]");
  const rows = [...document.querySelectorAll("[data-guest]")];
  const nobody = document.querySelector("[data-nobody]");
  const words = () => folded(input.value).split(/\s+/).filter(Boolean);
  const narrow = () => {
    const typed = words();
    let shown = 0;
    for (const row of rows) {
      row.hidden = !typed.every((word) => row.dataset.guest.includes(word));
      shown += !row.hidden;
    }
    nobody.hidden = shown > 0;
  };
  input.addEventListener("input", narrow);
  const whole = (row) => words().every((word) => row.dataset.guest.split(" ").includes(word));
  // Enter checks in who is left alone, or whose whole name it is: "Lars" is in "Polarstern", too.
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const left = rows.filter((row) => !row.hidden);
    const meant = left.length > 1 ? left.filter(whole) : left;
    if (meant.length === 1) meant[0].querySelector("button[data-in]")?.click();
  });
  window.addEventListener("pageshow", narrow);
  narrow();
}

export function start(root) {
  for (const form of root.querySelectorAll("form[data-guests]:not([data-ready])")) {
    form.dataset.ready = "";
    filter(form);
  }
}
