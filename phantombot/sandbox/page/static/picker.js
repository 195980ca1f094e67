/* A select menu, of one thing or several: a field to filter by, and a list to choose from. */
import { el, icon } from "./dom.js";
import { beside } from "./menu.js";

let numbered = 0;

/* `choices` are those of choicesOf; `name` makes what is chosen part of a form; `onchange` is told the values. */
export function picker(choices, { label, id = null, name = null, key = null, described = null, onchange = () => {} }) {
  const made = new Picker(choices, name, onchange);
  const { list, input } = made;
  list.setAttribute("aria-label", label);
  const attributes = { id, "aria-label": id ? null : label, "aria-describedby": described, "data-key": key };
  for (const [attribute, value] of Object.entries(attributes)) if (value) input.setAttribute(attribute, value);
  return made.node;
}

class Picker {
  constructor(choices, name, onchange) {
    Object.assign(this, choices, { name, onchange, at: -1, shown: [], asked: 0 });
    this.list = el("div", { class: "list", role: "listbox", popover: "manual", id: `list-${++numbered}` });
    this.input = el("input", { role: "combobox", type: "text", autocomplete: "off", "aria-expanded": "false", "aria-controls": this.list.id,
      "aria-autocomplete": "list" });
    this.chips = el("span", { class: "chips" });
    this.held = el("span", { hidden: true });
    this.node = el("div", { class: "picker" }, this.chips, this.input, icon("down"), this.held, this.list);
    this.input.addEventListener("input", () => this.look(this.input.value));
    this.input.addEventListener("click", () => (this.isOpen() ? this.close() : this.look("")));
    this.input.addEventListener("blur", () => this.close());
    this.input.addEventListener("keydown", (event) => this.steer(event));
    this.hold(this.chosen);
  }

  isOpen() {
    return this.list.matches(":popover-open");
  }

  hold(chosen) {
    this.chosen = chosen;
    this.chips.replaceChildren(...(this.several ? chosen.map((one) => this.chipOf(one)) : []));
    this.held.replaceChildren(...(this.name ? chosen.map((one) => el("input", { type: "hidden", name: this.name, value: one.value })) : []));
    this.input.value = this.several ? "" : chosen[0]?.label ?? "";
    this.input.placeholder = this.several && chosen.length ? "" : this.placeholder || "Choose…";
  }

  change(chosen) {
    this.hold(chosen);
    this.onchange(chosen.map((one) => one.value));
  }

  chipOf(one) {
    const drop = () => this.change(this.chosen.filter((other) => other !== one));
    return el("span", { class: "chip" }, one.label, el("button", { type: "button", "aria-label": `Remove ${one.label}`, onclick: drop }, "×"));
  }

  take(one) {
    const others = this.chosen.filter((other) => other.value !== one.value);
    if (!this.several) this.change([one]);
    else if (others.length < this.chosen.length) this.change(others);
    else if (others.length < this.most) this.change([...others, one]);
    if (this.several) this.look("");
    else this.close();
    this.input.focus();
  }

  /* Slack filters what it knows; what only the app knows it asks for. */
  async look(typed) {
    const asked = ++this.asked;
    const matching = (one) => one.label.toLowerCase().includes(typed.trim().toLowerCase());
    if (this.offered) return this.show(this.offered.filter(matching), "No match");
    if (typed.length < this.fewest) return this.show([], `Type ${this.fewest === 1 ? "a letter" : `${this.fewest} letters`} to search`);
    this.show([], "Searching…");
    const found = await this.suggest(typed);
    if (asked === this.asked && document.activeElement === this.input) this.show(found, "Nothing found");
  }

  show(shown, empty) {
    this.shown = shown;
    const chosen = new Set(this.chosen.map((one) => one.value));
    const rows = shown.flatMap((one, number) => [
      one.group && one.group !== shown[number - 1]?.group ? el("div", { class: "group", role: "presentation" }, one.group) : null,
      this.optionOf(one, number, chosen.has(one.value))]);
    this.list.replaceChildren(...rows.filter(Boolean), ...(shown.length ? [] : [el("div", { class: "none" }, empty)]));
    if (!this.isOpen()) this.list.showPopover();
    this.input.setAttribute("aria-expanded", "true");
    beside(this.list, this.node, true);
    this.point(shown.length ? Math.max(0, shown.findIndex((one) => chosen.has(one.value))) : -1);
  }

  optionOf(one, number, chosen) {
    const take = (event) => { event.preventDefault(); this.take(one); };
    return el("div", { class: "option", role: "option", id: `${this.list.id}-${number}`, "aria-selected": String(chosen), onmousedown: take },
      el("span", {}, one.label), one.hint ? el("small", {}, one.hint) : null);
  }

  close() {
    if (this.isOpen()) this.list.hidePopover();
    this.input.setAttribute("aria-expanded", "false");
    this.input.removeAttribute("aria-activedescendant");
    this.at = -1;
    if (!this.several) this.input.value = this.chosen[0]?.label ?? "";
  }

  point(at) {
    this.list.querySelector(".pointed")?.classList.remove("pointed");
    this.at = at;
    const row = at < 0 ? null : this.list.querySelector(`#${this.list.id}-${at}`);
    row?.classList.add("pointed");
    row?.scrollIntoView({ block: "nearest" });
    if (row) this.input.setAttribute("aria-activedescendant", row.id);
    else this.input.removeAttribute("aria-activedescendant");
  }

  steer(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && !this.isOpen()) this.look("");
    else if (step && this.shown.length) this.point((this.at + step + this.shown.length) % this.shown.length);
    else if (event.key === "Enter" && this.isOpen() && this.at >= 0) this.take(this.shown[this.at]);
    else if (event.key === "Escape" && this.isOpen()) this.close();
    else if (event.key === "Backspace" && this.several && !this.input.value && this.chosen.length) this.change(this.chosen.slice(0, -1));
    else return;
    event.preventDefault();
    event.stopPropagation();
  }
}
