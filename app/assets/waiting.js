// What waits in this browser until the server has it: one entry of the storage for each contract, so that two windows
// don't overwrite each other's. It holds what was typed and no more, and goes when the server has said yes.

export class Waiting {
  constructor(event) {
    this.prefix = `desk-${event}-`;
    // Contracts wait for whoever is at the desk; what isn't one yet is shown to nobody else on a shared laptop.
    this.draftKey = `draft-${event}-${document.body.dataset.person}`;
  }

  // Throws where the browser keeps nothing; then the form is sent as a plain one.
  put(key, entry) {
    localStorage.setItem(this.prefix + key, JSON.stringify(entry));
  }

  drop(key) {
    localStorage.removeItem(this.prefix + key);
  }

  get(key) {
    return read(this.prefix + key);
  }

  // All that waits, in the order in which it was typed.
  all() {
    const found = [];
    for (let place = 0; place < localStorage.length; place += 1) {
      const name = localStorage.key(place);
      const entry = name.startsWith(this.prefix) ? read(name) : null;
      if (entry) found.push({ ...entry, key: name.slice(this.prefix.length) });
    }
    return found.sort((one, other) => one.at - other.at);
  }

  get draft() {
    return read(this.draftKey);
  }

  set draft(fields) {
    try {
      if (fields) localStorage.setItem(this.draftKey, JSON.stringify(fields));
      else localStorage.removeItem(this.draftKey);
    } catch { /* without a storage there is no draft */ }
  }
}

function read(name) {
  try {
    return JSON.parse(localStorage.getItem(name));
  } catch {
    return null;
  }
}

// crypto.randomUUID() needs HTTPS, which a laptop in a hall may not have.
export function newKey() {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
