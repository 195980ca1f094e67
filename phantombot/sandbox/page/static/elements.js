/* What can be pressed or chosen in a block outside of a form's fields. */
import { choicesOf } from "./choices.js";
import { $, el } from "./dom.js";
import { entered } from "./fields.js";
import { isWebAddress, mrkdwn, plain } from "./mrkdwn.js";
import { menuButton } from "./menu.js";
import { picker } from "./picker.js";
import { picture } from "./blocks.js";
import { notice } from "./notice.js";
import { post } from "./server.js";
import { here } from "./world.js";

const keyOf = (element, target) => JSON.stringify([target, element.action_id]);

export function elementOf(element, target) {
  if (element.type === "image") return picture(element, "accessory");
  if (element.type === "button") return button(element, target);
  if (element.type === "overflow") return overflow(element, target);
  if (/^(radio_buttons|checkboxes)$/.test(element.type)) return boxes(element, target);
  if (/select$/.test(element.type)) return chooser(element, target);
  return el("input", { type: { datepicker: "date", timepicker: "time" }[element.type] ?? "text", class: "typed",
    "aria-label": plain(element.placeholder) || element.type, value: element.initial_date ?? element.initial_time ?? element.initial_value ?? "",
    onchange: (event) => press(element, target, event.target, event.target.value) });
}

function button(element, target) {
  const looks = { class: "button" + (element.style ? ` ${element.style}` : ""), "data-key": keyOf(element, target), "aria-label": element.accessibility_label };
  if (element.url && isWebAddress(element.url)) {
    return el("a", { ...looks, href: element.url, target: "_blank", rel: "noopener noreferrer",
      onclick: () => press(element, target) }, plain(element.text));
  }
  return el("button", { ...looks, type: "button", onclick: (event) => press(element, target, event.currentTarget) }, plain(element.text));
}

function overflow(element, target) {
  const entries = element.options.map((option) => ({ label: plain(option.text), act: () => press(element, target, null, option.value) }));
  return menuButton("More options", () => entries, keyOf(element, target));
}

function boxes(element, target) {
  const type = element.type === "radio_buttons" ? "radio" : "checkbox";
  const group = el("div", { class: "boxes", role: type === "radio" ? "radiogroup" : "group" });
  const chosen = (element.initial_options ?? [element.initial_option]).filter(Boolean).map((one) => one.value);
  group.append(...boxesOf(element, type, keyOf(element, target), chosen));
  group.addEventListener("change", () =>
    press(element, target, null, [...group.querySelectorAll(":checked")].map((one) => one.value).join(",")));
  return group;
}

/* The boxes of a group, with their descriptions. */
export function boxesOf(element, type, name, chosen) {
  return element.options.map((option) => el("label", { class: "box" },
    el("input", { type, name, value: option.value, checked: chosen.includes(option.value) }),
    el("span", {}, option.text.type === "mrkdwn" ? mrkdwn(option.text.text) : plain(option.text),
      option.description ? el("small", {}, plain(option.description)) : null)));
}

function chooser(element, target) {
  return picker(choicesOf(element, target), {
    label: plain(element.placeholder) || "Choose", key: keyOf(element, target),
    onchange: (values) => press(element, target, null, values.join(",")),
  });
}

/* Press, after asking where the app wants that. */
export async function press(element, target, node = null, value = undefined) {
  if (element.confirm && !(await confirmed(element.confirm))) return;
  if (node) node.disabled = true;
  notice("");
  const form = $("modal").open ? $("modal") : $("home");
  const values = target.view_id ? Object.fromEntries(entered(form)) : undefined;
  const delivery = await post("press", { ...target, action_id: element.action_id, user: here.user, value, values });
  if (node) node.disabled = false;
  if (delivery.error) notice(`The ${element.type === "button" ? "button" : "choice"} failed with the error “${delivery.error}”`);
}

function confirmed(ask) {
  const dialog = $("confirm");
  return new Promise((resolve) => {
    const style = ask.style === "danger" ? "danger" : "primary";
    dialog.replaceChildren(el("form", { method: "dialog" },
      el("h2", { id: "confirm-title" }, plain(ask.title)),
      el("div", { class: "inside rich" }, ...(ask.text.type === "mrkdwn" ? mrkdwn(ask.text.text) : [plain(ask.text)])),
      el("div", { class: "foot" }, el("button", { class: "button", value: "" }, plain(ask.deny)),
        el("button", { class: `button ${style}`, value: "yes", autofocus: true }, plain(ask.confirm)))));
    dialog.returnValue = "";
    dialog.onclose = () => resolve(dialog.returnValue === "yes");
    dialog.showModal();
  });
}
