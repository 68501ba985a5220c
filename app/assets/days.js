// A day is typed as people of the language write it. Beside it the browser's own calendar, which writes the same way.
const PARTS = { 2006: "year", 11: "month", 22: "day" };

const order = (sample) => sample.match(/\d+/g).map((digits) => PARTS[digits]);

export function read(text, sample) {
  const numbers = text.match(/\d+/g) ?? [];
  if (numbers.length !== 3) return "";
  const found = Object.fromEntries(order(sample).map((part, index) => [part, numbers[index]]));
  if (found.year.length !== 4) return "";
  return `${found.year}-${found.month.padStart(2, "0")}-${found.day.padStart(2, "0")}`;
}

export function write(value, sample) {
  if (!value) return "";
  const [year, month, day] = value.split("-");
  const parts = { year, month, day };
  return sample.replace(/\d+/g, (digits) => parts[PARTS[digits]]);
}

function calendar(input) {
  const sample = input.dataset.date;
  const frame = document.createElement("div");
  frame.className = "with-calendar";
  input.before(frame);
  const picker = document.createElement("input");
  Object.assign(picker, { type: "date", className: "calendar", tabIndex: -1, title: input.dataset.pick });
  picker.setAttribute("aria-label", input.dataset.pick);
  frame.append(input, picker);
  picker.addEventListener("pointerdown", () => { picker.value = read(input.value, sample); });
  picker.addEventListener("click", (event) => {
    event.preventDefault();
    picker.showPicker?.();
  });
  picker.addEventListener("change", () => {
    if (!picker.value) return;
    input.value = write(picker.value, sample);
    input.dispatchEvent(new Event("input", { bubbles: true }));
    input.focus();
  });
}

export function start(root) {
  for (const input of root.querySelectorAll("input[data-date]")) {
    if (!input.closest("template, .with-calendar")) calendar(input);
  }
}
