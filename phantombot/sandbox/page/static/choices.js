/* What a select menu of any kind offers. */
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
