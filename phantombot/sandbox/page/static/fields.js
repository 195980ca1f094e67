/* The fields of a form: input blocks. */
import { choicesOf } from "./choices.js";
import { el } from "./dom.js";
import { boxesOf, press } from "./elements.js";
import { plain } from "./mrkdwn.js";
import { picker } from "./picker.js";

const TYPES = {
  number_input: "number", email_text_input: "email", url_text_input: "url", datepicker: "date", timepicker: "time", datetimepicker: "datetime-local",
};

export function fieldOf(block, state, view) {
  const { element } = block;
  const held = state[block.block_id]?.[element.action_id] ?? {};
  const boxes = /^(checkboxes|radio_buttons)$/.test(element.type);
  const label = [plain(block.label), block.optional ? el("span", { class: "optional" }, " (optional)") : null];
  return el(boxes ? "fieldset" : "div", { class: "field", "data-block": block.block_id, "data-several": /^(multi_|checkboxes)/.test(element.type) },
    boxes ? el("legend", {}, ...label) : el("label", { for: `in-${block.block_id}` }, ...label),
    inputOf(block, element, held, view),
    el("p", { class: "error", id: `error-${block.block_id}` }),
    block.hint ? el("p", { class: "hint", id: `hint-${block.block_id}` }, plain(block.hint)) : null);
}

function inputOf(block, element, held, view) {
  const name = block.block_id;
  const described = `error-${name}${block.hint ? ` hint-${name}` : ""}`;
  const target = { view_id: view.id, block_id: block.block_id };
  const tell = (value) => (block.dispatch_action ? press(element, target, null, value) : undefined);
  if (/select$/.test(element.type)) {
    return picker(choicesOf(element, target, held),
      { label: plain(block.label), id: `in-${name}`, name, described, onchange: (values) => tell(values.join(",")) });
  }
  if (/^(checkboxes|radio_buttons)$/.test(element.type)) {
    const chosen = (held.selected_options ?? [held.selected_option]).filter(Boolean).map((one) => one.value);
    const boxes = el("div", { class: "boxes" }, ...boxesOf(element, element.type === "checkboxes" ? "checkbox" : "radio", name, chosen));
    boxes.addEventListener("change", () => tell([...boxes.querySelectorAll(":checked")].map((one) => one.value).join(",")));
    return boxes;
  }
  const common = { id: `in-${name}`, name, "aria-describedby": described, placeholder: plain(element.placeholder) || null,
    "aria-required": block.optional ? null : "true", onchange: (event) => tell(event.target.value) };
  if (element.multiline) return el("textarea", { ...common, rows: 5 }, held.value ?? "");
  return el("input", { ...common, type: TYPES[element.type] ?? "text", autocomplete: "off", value: held.value ?? held.selected_date ?? held.selected_time ?? "",
    step: element.is_decimal_allowed ? "any" : null });
}

/* What is entered, by the id of the block; a list where there may be several. */
export function entered(form) {
  return new Map([...form.querySelectorAll("[data-block]")].map((field) => {
    const inputs = [...field.querySelectorAll("[name]")].filter((one) => !/^(checkbox|radio)$/.test(one.type) || one.checked);
    const values = inputs.map((one) => one.value);
    return [field.dataset.block, field.dataset.several === "true" ? values : values[0] ?? ""];
  }));
}

/* A form that is changed keeps what was typed in the fields that are still there. */
export function refill(form, kept) {
  for (const field of form.querySelectorAll("[data-block]")) {
    const input = field.querySelector(":is(input, textarea)[name]:not([type=hidden], [type=checkbox], [type=radio])");
    if (input && kept.get(field.dataset.block)) input.value = kept.get(field.dataset.block);
  }
}

/* What Slack itself says of a field, before the app sees it. */
export function faultOf(block, value) {
  const { element } = block;
  if (!value.length) return block.optional ? "" : "Please complete this required field.";
  if (element.min_length && value.length < element.min_length) return `Please enter at least ${element.min_length} characters.`;
  if (element.max_length && value.length > element.max_length) return `Please enter ${element.max_length} characters or fewer.`;
  if (element.type === "number_input" && isNaN(Number(value))) return "Please enter a number.";
  if (element.type === "email_text_input" && !/^\S+@\S+\.\S+$/.test(value)) return "Please enter a valid email address.";
  if (element.type === "url_text_input" && !/^https?:\/\/\S+$/.test(value)) return "Please enter a valid URL.";
  return "";
}
