/* Building elements. Text only ever goes in as text: nothing here reads markup. */

export const $ = (id) => document.getElementById(id);

export function el(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name === "class") node.className = value ?? "";
    else if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (value === true) node.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) node.setAttribute(name, value);
  }
  node.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

/* One of the drawings in index.html. */
export function icon(name) {
  const drawing = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  drawing.setAttribute("class", "icon");
  drawing.setAttribute("aria-hidden", "true");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `#i-${name}`);
  drawing.append(use);
  return drawing;
}

/* Makes `nodes` the children of `list`. Those that are there stay untouched, so that focus and
   screen readers do too; whatever is drawn anew gets the focus back by its data-key. */
export function place(list, nodes) {
  const focused = list.contains(document.activeElement) ? document.activeElement.dataset?.key : null;
  const wanted = new Set(nodes);
  for (const child of [...list.children]) if (!wanted.has(child)) child.remove();
  let next = list.firstChild;
  for (const node of nodes) {
    if (node === next) next = next.nextSibling;
    else list.insertBefore(node, next);
  }
  if (focused && !list.contains(document.activeElement)) {
    [...list.querySelectorAll("[data-key]")].find((one) => one.dataset.key === focused)?.focus();
  }
}

/* Draws each thing once for as long as it looks the same. */
export function gallery(drawOne) {
  const drawn = new Map();
  return (key, ...things) => {
    const looks = JSON.stringify(things);
    if (drawn.get(key)?.looks !== looks) drawn.set(key, { looks, node: drawOne(...things) });
    return drawn.get(key).node;
  };
}

/* Runs `change`, and keeps what is read at the lower edge there. */
export function keepAtEnd(list, change) {
  const atEnd = list.scrollHeight - list.scrollTop - list.clientHeight < 60;
  change();
  if (atEnd) list.scrollTop = list.scrollHeight;
}

export const count = (number, word) => `${number} ${word}${number === 1 ? "" : word.endsWith("y") ? "" : "s"}`;
