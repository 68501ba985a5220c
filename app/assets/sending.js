// Sends what waits, one after the other, until the server has answered for each: yes, or what is wrong with it.
import { filled } from "./words.js";

const PAUSES = [1000, 2000, 4000, 8000]; // milliseconds between attempts
const UNREACHED = [429, 502, 503, 504]; // what stands before a server that starts anew answers for it
const ATTEMPTS = 3; // where the server has failed
const PATIENCE = 20_000; // for one answer

// `said` is told: saved(answer), refused(entry), kept(reason, number) with the reason "offline" or "signedOut".
export function sender(form, waiting, said) {
  const token = form.elements.csrf_token;
  const attempts = new Map(); // by key
  let running = false;
  let again = false;
  let failures = 0;
  let timer;

  const ask = (options) => fetch(form.action, { redirect: "manual", cache: "no-store", signal: AbortSignal.timeout(PATIENCE), ...options });

  // Who has signed in anew has a new token; it stands in the page. Gives why there is none.
  async function renew() {
    const answer = await ask({ headers: { Accept: "text/html" } });
    if (answer.type === "opaqueredirect") return "signedOut";
    if (!answer.ok) return "offline";
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.querySelector("form[data-desk] [name=csrf_token]")?.value;
    if (!fresh || fresh === token?.value) return "offline";
    token.value = fresh;
    return "";
  }

  async function post(entry) {
    const body = new URLSearchParams(entry.fields);
    body.set("entry_key", entry.key);
    if (token) body.set("csrf_token", token.value);
    return ask({ method: "POST", body, headers: { Accept: "application/json" } });
  }

  // Gives why there was no answer for this entry; "" where there was.
  async function send(entry, mayRenew = true) {
    const answer = await post(entry);
    if (answer.type === "opaqueredirect" || answer.status === 401) return "signedOut";
    const json = answer.headers.get("Content-Type")?.startsWith("application/json") ? await answer.json() : {};
    if (answer.ok && json.number) {
      waiting.drop(entry.key);
      said.saved(json);
      return "";
    }
    if (answer.status === 422 && json.errors) return refuse(entry, json.errors);
    if (answer.status === 400 && mayRenew) return await renew() || send(entry, false);
    if (UNREACHED.includes(answer.status)) return "offline";
    // The server is there and can't take it, now or ever: after some attempts the others mustn't wait for this one.
    attempts.set(entry.key, (attempts.get(entry.key) ?? 0) + 1);
    if (answer.status >= 500 && attempts.get(entry.key) < ATTEMPTS) return "offline";
    attempts.delete(entry.key);
    return refuse(entry, { "": [filled(form.dataset.failed, { status: answer.status })] });
  }

  function refuse(entry, errors) {
    waiting.put(entry.key, { at: entry.at, label: entry.label, fields: entry.fields, said: errors });
    said.refused({ ...entry, said: errors });
    return "";
  }

  async function run() {
    clearTimeout(timer);
    if (running) {
      again = true;
      return;
    }
    running = true;
    let reason = "";
    try {
      do {
        again = false;
        for (const entry of waiting.all().filter((one) => !one.said)) {
          reason = await send(entry);
          if (reason) break;
          failures = 0;
        }
      } while (again && !reason);
    } catch {
      reason = "offline"; // no answer, or none in time: it may have been saved, and is sent again under the same key
    }
    running = false;
    const left = waiting.all().filter((one) => !one.said).length;
    if (!left) return;
    said.kept(reason || "offline", left);
    timer = setTimeout(run, PAUSES[Math.min(failures, PAUSES.length - 1)]);
    failures += 1;
  }

  window.addEventListener("online", () => {
    failures = 0;
    run();
  });
  return { now: run };
}
