/* The app's own place: its Home, and the messages one has with it. */
import { blockOf } from "./blocks.js";
import { $, el, gallery, place } from "./dom.js";
import { fieldOf } from "./fields.js";
import { post } from "./server.js";
import { channelOf, here, world } from "./world.js";

const blockOnce = gallery((block, id, state) => (block.type === "input" ? fieldOf(block, state, { id }) : blockOf(block, { view_id: id })));
const tabs = { home: $("tab-home"), messages: $("tab-messages") };
let tab = "home";
let openedBy = "";

/* Whoever comes here sees Home first, and the app hears of it each time. */
export function drawHome() {
  const inApp = Boolean(channelOf(here.channel)?.person);
  const shown = inApp && tab === "home";
  $("tabs").hidden = !inApp;
  $("home").hidden = !shown;
  $("messages").hidden = shown;
  document.querySelector("footer").hidden = shown;
  for (const [name, button] of Object.entries(tabs)) {
    button.setAttribute("aria-selected", String(name === tab));
    button.tabIndex = name === tab ? 0 : -1;
  }
  if (!shown) openedBy = "";
  else if (openedBy !== here.user) {
    openedBy = here.user;
    post("home", { user: here.user });
  }
  if (shown) drawBlocks();
}

function drawBlocks() {
  const { home } = world.slack;
  const nodes = home?.view.blocks.map((block) => blockOnce(`${home.id} ${block.block_id}`, block, home.id, stateOf(block, home)));
  place($("home"), nodes ?? [el("p", { class: "none" }, "phantombot shows nothing here yet.")]);
}

/* Of a field only what is entered in it: it is drawn anew for nothing else. */
const stateOf = (block, home) => (block.type === "input" ? { [block.block_id]: home.view.state.values[block.block_id] } : {});

function open(name) {
  tab = name;
  drawHome();
  tabs[name].focus();
}

for (const [name, button] of Object.entries(tabs)) {
  button.addEventListener("click", () => open(name));
  button.addEventListener("keydown", (event) => {
    if (/^Arrow(Left|Right)$/.test(event.key)) open(name === "home" ? "messages" : "home");
  });
}
