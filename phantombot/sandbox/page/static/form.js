/* Forms: the modal that lies uppermost, its fields, and what is wrong with them. */
import { blockOf } from "./blocks.js";
import { $, el } from "./dom.js";
import { entered, faultOf, fieldOf, refill } from "./fields.js";
import { plain } from "./mrkdwn.js";
import { post } from "./server.js";
import { here, world } from "./world.js";

let shown = { id: "", looks: "" };

export function drawForm() {
  const dialog = $("modal");
  const view = world.slack.view;
  if (!view) {
    shown = { id: "", looks: "" };
    if (dialog.open) { dialog.close(); $("text").focus(); }
    return;
  }
  const looks = view.id + view.view.hash;
  if (looks !== shown.looks) {
    const kept = view.id === shown.id ? entered(dialog) : new Map();
    shown = { id: view.id, looks };
    dialog.replaceChildren(formOf(view));
    refill(dialog, kept);
    if (!dialog.open) dialog.showModal();
    (dialog.querySelector(".field :is(input:not([type=hidden]), textarea)") ?? dialog.querySelector(".foot button")).focus();
  }
  tell(dialog, view.errors);
}

function formOf(view) {
  const { title, blocks, submit, close, state } = view.view;
  const inside = blocks.map((block) => (block.type === "input" ? fieldOf(block, state.values, view) : blockOf(block, { view_id: view.id })));
  return el("form", { novalidate: true, onsubmit: (event) => { event.preventDefault(); send(event.target, view); } },
    el("h2", { id: "modal-title" }, plain(title)),
    el("div", { class: "inside" }, ...inside, el("p", { class: "error", role: "alert", id: "modal-trouble" })),
    el("div", { class: "foot" },
      el("button", { class: "button", type: "button", onclick: () => leave(view) }, plain(close) || "Cancel"),
      submit ? el("button", { class: "button primary" }, plain(submit)) : null));
}

/* Slack looks at a form itself before the app hears of it. */
async function send(form, view) {
  const values = Object.fromEntries(entered(form));
  const fields = view.view.blocks.filter((one) => one.type === "input");
  const faults = Object.fromEntries(fields.map((field) => [field.block_id, faultOf(field, values[field.block_id])]).filter(([, fault]) => fault));
  tell(form, faults);
  if (Object.keys(faults).length) return;
  const trouble = $("modal-trouble");
  const button = form.querySelector(".foot .primary");
  trouble.textContent = "";
  button.disabled = true;
  const delivery = await post("submit", { view_id: view.id, values, user: here.user });
  button.disabled = false;
  if (delivery.error) trouble.textContent = `We had some trouble connecting. Try again? (${delivery.error})`;
  else tell(form, world.slack.view?.errors ?? {});
}

/* Puts each error under its field, and the cursor into the first that is new. */
function tell(form, errors) {
  let news = null;
  for (const field of form.querySelectorAll("[data-block]")) {
    const text = errors[field.dataset.block] ?? "";
    const slot = field.querySelector(".error");
    const input = field.querySelector("input:not([type=hidden]), textarea");
    if (text && slot.textContent !== text) news ??= input;
    if (slot.textContent !== text) slot.textContent = text;
    input?.setAttribute("aria-invalid", text ? "true" : "false");
  }
  news?.focus();
}

const leave = (view) => post("close", { view_id: view.id });
$("modal").addEventListener("cancel", (event) => {
  event.preventDefault();
  if (world.slack.view) leave(world.slack.view);
});
