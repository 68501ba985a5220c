// A button that copies a text. Without a script the text is there to be selected, and the button isn't.
function select(text) {
  const range = document.createRange();
  range.selectNodeContents(text);
  getSelection().removeAllRanges();
  getSelection().addRange(range);
}

// The clipboard needs HTTPS, which a server in the next room may not have; the old way is there for that.
async function copied(text) {
  try {
    await navigator.clipboard.writeText(text.textContent);
    return true;
  } catch {
    select(text);
    return document.execCommand("copy");
  }
}

export function start(root) {
  for (const button of root.querySelectorAll("[data-copy][hidden]")) {
    button.hidden = false;
    const said = button.parentElement.querySelector("[data-copied]");
    button.addEventListener("click", async () => {
      const done = await copied(document.getElementById(button.dataset.copy));
      said.textContent = done ? said.dataset.copied : "";
    });
  }
}
