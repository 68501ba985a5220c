// The screen in the hall: asks once a second whether something is new, and keeps what it shows where nobody answers.
const EVERY = 1000;
const PATIENCE = 5000;

function screen(place) {
  const lost = document.querySelector("[data-hall-lost]");
  let mark = place.dataset.mark;
  async function look() {
    try {
      const answer = await fetch(place.dataset.hall, {
        cache: "no-store",
        headers: { "If-None-Match": mark },
        signal: AbortSignal.timeout(PATIENCE),
      });
      if (answer.status === 410) {
        location.reload(); // the link was ended: the page says so
        return;
      }
      if (answer.status === 200) {
        place.innerHTML = await answer.text();
        mark = answer.headers.get("ETag");
      } else if (answer.status !== 304) {
        throw new Error(answer.statusText);
      }
      lost.hidden = true;
    } catch {
      lost.hidden = false;
    }
    setTimeout(look, EVERY);
  }
  setTimeout(look, EVERY);
}

export function start(root) {
  for (const place of root.querySelectorAll("[data-hall]:not([data-ready])")) {
    place.dataset.ready = "";
    screen(place);
  }
}
