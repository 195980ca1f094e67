/* Tables, whose first row is the heading. */
import { el } from "./dom.js";
import { richText } from "./rich_text.js";

const framed = (label, ...inside) => el("div", { class: "block table", tabindex: "0", role: "region", "aria-label": label }, ...inside);
const shownIn = (cell) => (cell.type === "rich_text" ? richText(cell) : cell.text ?? String(cell.value ?? ""));

export function tableOf(block) {
  const [heading, ...rows] = block.rows;
  return framed("Table", el("table", {}, el("thead", {}, rowOf(heading, "th", block)), el("tbody", {}, ...rows.map((row) => rowOf(row, "td", block)))));
}

function rowOf(row, tag, block) {
  return el("tr", {}, ...row.map((cell, number) => {
    const settings = block.column_settings?.[number] ?? {};
    const looks = { class: [settings.align ?? "left", settings.is_wrapped ? "wrapped" : ""].join(" "), scope: tag === "th" ? "col" : null };
    return el(tag, looks, shownIn(cell));
  }));
}

const PAGE = 5;

/* One that is sorted by a press on a heading, and leafed through where it has more rows than a page. */
export function dataTable(block) {
  const [heading, ...rows] = block.rows;
  const size = block.page_size ?? PAGE;
  const pages = Math.ceil(rows.length / size);
  const body = el("tbody");
  const leaves = el("span", { "aria-live": "polite" });
  const at = { page: 0, column: -1, down: false };
  const heads = heading.map((cell, number) => el("th", { scope: "col" },
    el("button", { type: "button", class: "sorts", onclick: () => sort(number) }, shownIn(cell))));
  const step = (label, by) => el("button", { type: "button", class: "button", onclick: () => leaf(by) }, label);
  const [back, on] = [step("Previous", -1), step("Next", 1)];

  function sort(column) {
    Object.assign(at, { column, down: at.column === column && !at.down, page: 0 });
    draw();
  }
  function leaf(by) {
    at.page += by;
    draw();
  }
  function draw() {
    const sorted = at.column < 0 ? rows : [...rows].sort((a, b) => compared(a[at.column], b[at.column]) * (at.down ? -1 : 1));
    const shown = sorted.slice(at.page * size, (at.page + 1) * size);
    body.replaceChildren(...shown.map((row) => el("tr", {}, ...row.map((cell, number) => cellOf(cell, number === (block.row_header_column_index ?? 0))))));
    heads.forEach((head, number) => head.setAttribute("aria-sort", number !== at.column ? "none" : at.down ? "descending" : "ascending"));
    leaves.textContent = `${at.page * size + 1} to ${at.page * size + shown.length} of ${rows.length}`;
    back.disabled = at.page === 0;
    on.disabled = at.page >= pages - 1;
  }
  draw();
  return el("div", { class: "block" },
    framed(block.caption, el("table", {}, el("caption", { class: "sr" }, block.caption), el("thead", {}, el("tr", {}, ...heads)), body)),
    pages > 1 ? el("div", { class: "leaves" }, leaves, back, on) : null);
}

function cellOf(cell, names) {
  return el(names ? "th" : "td", { class: cell.type === "raw_number" ? "right" : null, scope: names ? "row" : null }, shownIn(cell));
}

/* Numbers by their size, all else by its letters and the numbers in it. */
function compared(a, b) {
  if (a.type === "raw_number" && b.type === "raw_number") return a.value - b.value;
  return wordsOf(a).localeCompare(wordsOf(b), undefined, { numeric: true });
}

const wordsOf = (part) => part.text ?? String(part.value ?? (part.elements ?? []).map(wordsOf).join(" "));
