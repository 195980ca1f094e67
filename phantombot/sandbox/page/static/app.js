/* The page: hears the news, draws them, and goes where its reader wants to be. */
import { drawShortcuts } from "./composer.js";
import { $ } from "./dom.js";
import { drawForm } from "./form.js";
import { drawHome } from "./home.js";
import { drawMessages } from "./messages.js";
import { notice } from "./notice.js";
import { showPane } from "./panel.js";
import { drawAccount } from "./phantombuster.js";
import { followLinks, showSought } from "./links.js";
import { listen } from "./server.js";
import { drawHeading, drawSidebar } from "./sidebar.js";
import { drawThread } from "./thread.js";
import { hearTraffic } from "./traffic.js";
import { drawSteps } from "./steps.js";
import { here, world } from "./world.js";

const GONE = "The sandbox isn’t answering. Trying again…";

function go(where) {
  Object.assign(here, where, { thread: "" });
  history.replaceState(null, "", `#${here.user}/${here.channel}`);
  if (!$("pane-thread").hidden) showPane("");
  browse(false);
  notice("");
  follow();
}

function draw(slack) {
  world.slack = slack;
  if (!slack.channels.some((one) => one.id === here.channel)) return go({ channel: slack.channels[0]?.id ?? "C0GENERAL" });
  drawSidebar(go);
  drawHeading();
  drawMessages();
  drawShortcuts();
  drawHome();
  drawThread();
  drawForm();
  showSought();
}

function lost(gone) {
  if (gone || $("notice").textContent === GONE) notice(gone ? GONE : "");
}

const follow = () => listen(here.user, here.channel, { slack: draw, steps: hearSteps, account: hearAccount, traffic: hearTraffic }, lost);

function hearSteps(steps) {
  world.steps = steps;
  drawSteps();
}

function hearAccount(account) {
  world.account = account;
  document.querySelector(".panes").hidden = false;
  drawAccount();
  drawSteps();
}

/* On a narrow window the sidebar is a drawer. */
function browse(open) {
  document.body.classList.toggle("browsing", open);
  $("menu").setAttribute("aria-expanded", String(open));
}
const isBrowsing = () => document.body.classList.contains("browsing");

$("menu").addEventListener("click", (event) => {
  event.stopPropagation();
  browse(!isBrowsing());
  if (isBrowsing()) document.querySelector("#channels [aria-current]")?.focus();
});
document.querySelector("main").addEventListener("click", () => browse(false));
$("side").addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || !isBrowsing()) return;
  browse(false);
  $("menu").focus();
});
followLinks(go);
follow();
