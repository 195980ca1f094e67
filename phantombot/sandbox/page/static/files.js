/* Files, with the beginning of what they hold. */
import { el, icon } from "./dom.js";

const opened = new Set();

export function fileOf(file) {
  const title = file.title === file.name ? file.name : `${file.title} (${file.name})`;
  return el("details", { class: "file", open: opened.has(file.id), ontoggle: (event) => unfold(event.target, file.id) },
    el("summary", { "data-key": `file ${file.id}` }, icon("file"), el("span", { class: "file-name" }, title), el("span", { class: "size" }, sizeOf(file.size))),
    el("pre", { tabindex: "0", "aria-label": `Beginning of ${file.name}` }, file.preview + (file.whole ? "" : "\n…")),
    el("a", { href: `/_page/file/${file.id}`, download: file.name }, file.whole ? "Download" : "Download the whole file"));
}

/* What is unfolded at the lower edge would otherwise stay out of sight; what is only drawn anew stays where it is. */
function unfold(details, id) {
  if (details.open && !opened.has(id)) details.scrollIntoView({ block: "nearest" });
  opened[details.open ? "add" : "delete"](id);
}

function sizeOf(bytes) {
  if (bytes < 1000) return `${bytes} B`;
  return bytes < 1e6 ? `${(bytes / 1e3).toFixed(1)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}
