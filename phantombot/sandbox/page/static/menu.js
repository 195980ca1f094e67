/* Menus: a button, and what it offers. Arrows move, Escape closes, as the ARIA guide has it. */
import { el, icon } from "./dom.js";

let open = null;

/* `entries` gives { label, hint, act } for each entry when the menu is opened. */
export function menuButton(label, entries, key, name = "more") {
  const button = el("button", { class: "tool", type: "button", "aria-label": label, title: label, "aria-haspopup": "menu",
    "aria-expanded": "false", "data-key": key }, icon(name));
  button.addEventListener("click", () => (open?.button === button ? closeMenu() : show(button, label, entries())));
  return button;
}

function show(button, label, entries) {
  closeMenu();
  const menu = el("div", { class: "menu", role: "menu", popover: "manual", "aria-label": label },
    ...entries.map((entry) => el("button", { role: "menuitem", type: "button", tabindex: "-1",
      onclick: () => { closeMenu(); entry.act(); } }, entry.label, entry.hint ? el("small", {}, entry.hint) : null)));
  menu.addEventListener("keydown", steer);
  menu.addEventListener("focusout", (event) => { if (!menu.contains(event.relatedTarget)) closeMenu(false); });
  (button.closest("dialog") ?? document.body).append(menu);
  open = { button, menu };
  button.setAttribute("aria-expanded", "true");
  menu.showPopover();
  beside(menu, button);
  menu.firstElementChild?.focus();
}

export function closeMenu(refocus = true) {
  if (!open) return;
  const { button, menu } = open;
  open = null;
  button.setAttribute("aria-expanded", "false");
  menu.remove();
  if (refocus) button.focus();
}

function steer(event) {
  const entries = [...event.currentTarget.children];
  const at = entries.indexOf(document.activeElement);
  const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: entries.length - 1 }[event.key];
  if (event.key === "Escape" || event.key === "Tab") {
    event.stopPropagation();
    if (event.key === "Escape") event.preventDefault();
    closeMenu();
  } else if (to !== undefined) {
    event.preventDefault();
    entries[(to + entries.length) % entries.length].focus();
  }
}

/* Puts what floats below its anchor, or above it where there is more room. */
export function beside(floating, anchor, width = null) {
  const at = anchor.getBoundingClientRect();
  if (width) floating.style.width = `${at.width}px`;
  const size = floating.getBoundingClientRect();
  const below = innerHeight - at.bottom - 8;
  const up = size.height > below && at.top > below;
  floating.style.top = `${up ? Math.max(8, at.top - size.height - 4) : at.bottom + 4}px`;
  floating.style.left = `${Math.max(8, Math.min(at.left, innerWidth - size.width - 8))}px`;
}
