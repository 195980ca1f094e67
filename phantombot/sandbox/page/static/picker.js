/* Every kind of select menu, of one thing or several: a field to filter by, and a list to choose from. */
import { el, icon } from "./dom.js";
import { beside } from "./menu.js";
import { plain } from "./mrkdwn.js";
import { post } from "./server.js";
import { here, world } from "./world.js";

/* What a select element offers, and what is chosen in it at first; `held` is what the form's state says. */
export function choicesOf(element, target, held = {}) {
  const kind = element.type.replace(/^multi_/, "").replace(/_select$/, "");
  const options = [...(element.options ?? []), ...(element.option_groups ?? []).flatMap((group) =>
    group.options.map((option) => ({ ...option, group: plain(group.label) })))].map(optionOf);
  const first = [element.initial_option, ...(element.initial_options ?? []), held.selected_option, ...(held.selected_options ?? [])].filter(Boolean).map(optionOf);
  const ids = [held, element].flatMap((from) => Object.entries(from)
    .filter(([name]) => /^(selected|initial)_(user|channel|conversation)s?$/.test(name)).flatMap(([, value]) => value ?? []));
  const things = { users: people, channels: channels, conversations: conversations }[kind]?.(element);
  return {
    several: element.type.startsWith("multi_"),
    most: element.max_selected_items ?? Infinity,
    placeholder: plain(element.placeholder),
    offered: kind === "external" ? null : things ?? options,
    fewest: element.min_query_length ?? 3,
    suggest: (typed) => suggested(element, target, typed),
    chosen: unique([...first, ...ids.map((id) => things?.find((one) => one.value === id) ?? { value: id, label: id })]),
  };
}

const optionOf = (option) => ({ value: option.value, label: plain(option.text), hint: plain(option.description), group: option.group });
const unique = (choices) => [...new Map(choices.map((one) => [one.value, one])).values()];

const people = () => world.slack.people.filter((person) => person.role !== "bot").map((person) => ({ value: person.id, label: "@" + person.name, hint: person.role }));
const channels = () => world.slack.channels.filter((one) => !one.archived && !one.person && !one.private).map(channelChoice);
function conversations(element) {
  const kinds = element.filter?.include ?? ["public", "private", "im", "mpim"];
  const kind = (one) => (one.person ? "im" : one.private ? "private" : "public");
  return world.slack.channels.filter((one) => !one.archived && kinds.includes(kind(one)) && !(one.person && element.filter?.exclude_bot_users)).map(channelChoice);
}
const channelChoice = (one) => ({ value: one.id, label: one.person ? "phantombot" : (one.private ? "🔒 " : "#") + one.name });

async function suggested(element, target, typed) {
  const said = await post("suggest", { ...target, action_id: element.action_id, typed, user: here.user });
  const groups = said?.option_groups ?? [{ options: said?.options ?? [] }];
  return groups.flatMap((group) => group.options.map((option) => optionOf({ ...option, group: group.label ? plain(group.label) : "" })));
}

let numbered = 0;

/* `name` makes what is chosen part of a form; `onchange` is told the values. */
export function picker(choices, { label, id = null, name = null, key = null, described = null, onchange = () => {} }) {
  const list = el("div", { class: "list", role: "listbox", popover: "manual", id: `list-${++numbered}`, "aria-label": label });
  const input = el("input", { id, role: "combobox", type: "text", autocomplete: "off", "aria-expanded": "false", "aria-controls": list.id,
    "aria-autocomplete": "list", "aria-label": id ? null : label, "aria-describedby": described, "data-key": key });
  const chips = el("span", { class: "chips" });
  const held = el("span", { hidden: true });
  const node = el("div", { class: "picker" }, chips, input, icon("down"), held, list);
  const state = { ...choices, at: -1, shown: [], asked: 0 };
  const change = (chosen, tell = true) => {
    state.chosen = chosen;
    chips.replaceChildren(...(state.several ? chosen.map((one) => chip(one, () => change(chosen.filter((other) => other !== one)))) : []));
    held.replaceChildren(...(name ? chosen.map((one) => el("input", { type: "hidden", name, value: one.value })) : []));
    input.value = state.several ? "" : chosen[0]?.label ?? "";
    input.placeholder = state.several && chosen.length ? "" : state.placeholder || "Choose…";
    if (tell) onchange(chosen.map((one) => one.value));
  };
  const take = (one) => {
    if (!state.several) change([one]);
    else if (state.chosen.some((other) => other.value === one.value)) change(state.chosen.filter((other) => other.value !== one.value));
    else if (state.chosen.length < state.most) change([...state.chosen, one]);
    if (!state.several) close();
    else look("");
    input.focus();
  };
  const close = () => {
    if (list.matches(":popover-open")) list.hidePopover();
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
    state.at = -1;
    if (!state.several) input.value = state.chosen[0]?.label ?? "";
  };
  const draw = (shown, empty) => {
    state.shown = shown;
    const chosen = new Set(state.chosen.map((one) => one.value));
    const rows = shown.flatMap((one, number) => [
      one.group && one.group !== shown[number - 1]?.group ? el("div", { class: "group", role: "presentation" }, one.group) : null,
      el("div", { class: "option", role: "option", id: `${list.id}-${number}`, "aria-selected": String(chosen.has(one.value)),
        onmousedown: (event) => { event.preventDefault(); take(one); } }, el("span", {}, one.label), one.hint ? el("small", {}, one.hint) : null)]);
    list.replaceChildren(...rows.filter(Boolean), ...(shown.length ? [] : [el("div", { class: "none" }, empty)]));
    if (!list.matches(":popover-open")) list.showPopover();
    input.setAttribute("aria-expanded", "true");
    beside(list, node, true);
    point(shown.length ? Math.max(0, shown.findIndex((one) => chosen.has(one.value))) : -1);
  };
  const look = async (typed) => {
    const asked = ++state.asked;
    const matching = (one) => one.label.toLowerCase().includes(typed.trim().toLowerCase());
    if (state.offered) return draw(state.offered.filter(matching), "Nothing of that name");
    if (typed.length < state.fewest) return draw([], `Type ${state.fewest === 1 ? "a letter" : `${state.fewest} letters`} to search`);
    draw([], "Searching…");
    const found = await state.suggest(typed);
    if (asked === state.asked && document.activeElement === input) draw(found, "Nothing found");
  };
  const point = (at) => {
    list.querySelector(".pointed")?.classList.remove("pointed");
    state.at = at;
    const row = at < 0 ? null : list.querySelector(`#${list.id}-${at}`);
    row?.classList.add("pointed");
    row?.scrollIntoView({ block: "nearest" });
    if (row) input.setAttribute("aria-activedescendant", row.id);
    else input.removeAttribute("aria-activedescendant");
  };
  const isOpen = () => list.matches(":popover-open");
  input.addEventListener("input", () => look(input.value));
  input.addEventListener("click", () => (isOpen() ? close() : look("")));
  input.addEventListener("blur", close);
  input.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && !isOpen()) look("");
    else if (step && state.shown.length) point((state.at + step + state.shown.length) % state.shown.length);
    else if (event.key === "Enter" && isOpen() && state.at >= 0) take(state.shown[state.at]);
    else if (event.key === "Escape" && isOpen()) close();
    else if (event.key === "Backspace" && state.several && !input.value && state.chosen.length) return change(state.chosen.slice(0, -1));
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
  change(state.chosen, false);
  return node;
}

const chip = (one, drop) => el("span", { class: "chip" }, one.label,
  el("button", { type: "button", "aria-label": `Remove ${one.label}`, onclick: drop }, "×"));
