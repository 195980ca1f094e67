/* Block Kit: everything that an app may show in a message, a form or its Home. */
import { el, icon } from "./dom.js";
import { elementOf } from "./elements.js";
import { isWebAddress, plain, textOf } from "./mrkdwn.js";
import { richText, tableOf } from "./rich_text.js";

const BLOCKS = { section, context, actions, header, divider, image, rich_text: richText, table: tableOf, data_table: tableOf, markdown };

/* `target` says what its buttons are pressed in: a message's ts or a view's id. */
export function blockOf(block, target) {
  const draw = BLOCKS[block.type];
  return draw ? draw(block, target) : el("div", { class: "block context" }, `(${block.type})`);
}

function section(block, target) {
  const said = el("div", { class: "said" },
    block.text ? el("div", { class: "rich" }, ...textOf(block.text)) : null,
    block.fields ? el("div", { class: "fields" }, ...block.fields.map((one) => el("div", { class: "rich" }, ...textOf(one)))) : null);
  return el("div", { class: "block section" }, said, block.accessory ? elementOf(block.accessory, target) : null);
}

function context(block) {
  return el("div", { class: "block context" }, ...block.elements.map((one) =>
    one.type === "image" ? picture(one, "small") : el("span", { class: "rich" }, ...textOf(one))));
}

function actions(block, target) {
  return el("div", { class: "block actions" }, ...block.elements.map((one) => elementOf(one, target)));
}

function header(block) {
  return el("div", { class: "block" }, el("h2", {}, plain(block.text)));
}

function divider() {
  return el("div", { class: "block" }, el("hr"));
}

function image(block) {
  const title = block.title ? el("figcaption", {}, plain(block.title)) : null;
  return el("figure", { class: "block" }, title, picture(block, "large"));
}

function markdown(block) {
  return el("div", { class: "block rich" }, block.text);
}

/* Only what this machine serves is loaded; of any other picture the page shows what it is of. */
export function picture(one, size) {
  const source = one.image_url ?? "";
  const ours = new URL(source, location.href).origin === location.origin;
  if (source && ours) return el("img", { class: `picture ${size}`, src: source, alt: one.alt_text });
  const title = isWebAddress(source) ? `${source} is not loaded: nothing leaves this machine` : null;
  return el("span", { class: `picture missing ${size}`, role: "img", "aria-label": one.alt_text, title }, icon("image"), one.alt_text);
}
