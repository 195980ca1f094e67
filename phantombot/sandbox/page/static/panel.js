/* The pane beside the channel: a thread, Phantombuster, or the traffic. */
import { $ } from "./dom.js";

const panes = new Map();
let shown = "";

/* `open` is called when a pane comes to be shown, `close` when it no longer is. */
export function pane(name, title, { open = () => {}, close = () => {} } = {}) {
  panes.set(name, { title, open, close });
}

export function showPane(name) {
  if (shown && shown !== name) panes.get(shown).close();
  shown = name;
  document.body.dataset.pane = name;
  $("panel").hidden = !name;
  for (const one of panes.keys()) {
    $(`pane-${one}`).hidden = one !== name;
    document.querySelector(`[data-pane-of="${one}"]`)?.setAttribute("aria-pressed", String(one === name));
  }
  if (!name) return;
  $("panel-title").textContent = panes.get(name).title;
  panes.get(name).open();
}

export const isShown = (name) => shown === name;

for (const button of document.querySelectorAll("[data-pane-of]")) {
  button.addEventListener("click", () => {
    showPane(isShown(button.dataset.paneOf) ? "" : button.dataset.paneOf);
    if (shown) $("panel-close").focus();
  });
}
$("panel-close").addEventListener("click", hide);
$("panel").addEventListener("keydown", (event) => { if (event.key === "Escape" && !event.defaultPrevented) hide(); });

function hide() {
  const opener = document.querySelector(`[data-pane-of="${shown}"]`);
  showPane("");
  (opener ?? $("text")).focus();
}
