// The timeline: the log itself. Its handle shows the whole page as it was; each fact says what caused it.

import { h } from "./dom.js";
import { figure } from "./format.js";
import { icon } from "./icons.js";
import { button, follow_end } from "./parts.js";
import { GROUPS, group_of, said } from "./words.js";

const ROWS_MAX = 120;

export function log(app) {
  const { studio, ui } = app;
  const { facts } = studio;
  const now = studio.revision;
  const isOpen = Boolean(ui.isLogOpen);
  return h("section", { class: `log ${isOpen ? "open" : ""}`, key: "log", "aria-labelledby": "log-title" },
    h("div", { class: "log-head" },
      h("h2", { id: "log-title" }, "Timeline"),
      handle(app, facts, now),
      h("output", { class: "log-at", for: "moment" }, studio.at ? `${studio.at} of ${now}` : `now · ${now}`),
      button(isOpen ? "Hide the log" : "Show the log", () => { ui.isLogOpen = !isOpen; app.changed(); }, { kind: "quiet", "aria-expanded": String(isOpen), "aria-controls": "facts", "data-act": "log" })),
    h("div", { class: "log-body", id: "facts" }, (isOpen || ui.tab === "log") && [filters(app, facts), rows(app)]));
}

/** The handle, over one mark for each fact in the colour of what it says. */
function handle(app, facts, now) {
  const { studio } = app;
  const at = studio.at ?? now;
  const event = facts[at - 1];
  const words = event ? `Event ${at} of ${now}: ${said(event).text}` : `Event ${at} of ${now}`;
  return h("div", { class: "handle", style: { "--at": String(now > 1 ? (at - 1) / (now - 1) : 1) } },
    h("svg", { class: "marks", viewBox: `0 0 ${Math.max(1, now - 1)} 10`, preserveAspectRatio: "none", "aria-hidden": "true" },
      facts.map((one) => h("path", { key: one.ordinal, class: `mark-line ${said(one).tone || "plain"} ${one.ordinal > at ? "later" : ""}`, d: `M${one.ordinal - 1} 0V10` }))),
    h("input", {
      id: "moment", type: "range", min: "1", max: String(Math.max(1, now)), step: "1", "aria-label": "The moment that is shown", "aria-valuetext": words, prop: { value: String(at) },
      on: { input: (change) => app.look(Number(change.target.value) >= now ? null : Number(change.target.value)) },
    }));
}

// -- the facts -----------------------------------------------------------------------------------------------

function filters(app, facts) {
  const { ui } = app;
  const there = new Set(facts.map((one) => group_of(one)));
  const toggle = (name) => {
    if (!ui.filter.delete(name)) ui.filter.add(name);
    app.changed();
  };
  return h("div", { class: "filters", role: "group", "aria-label": "Which facts" },
    Object.entries(GROUPS).filter(([name]) => there.has(name)).map(([name, group]) =>
      h("button", { key: name, type: "button", class: "choice", "aria-pressed": String(ui.filter.has(name)), on: { click: () => toggle(name) } }, group.name)),
    h("label", null, h("span", { class: "unseen" }, "Find in the log"),
      h("input", { type: "search", placeholder: "Find: take 3-2, seed, a word …", prop: { value: ui.search }, on: { input: (event) => { ui.search = event.target.value; app.changed(); } } })));
}

function rows(app) {
  const { studio, ui } = app;
  const search = ui.search.trim().toLowerCase();
  const wanted = studio.facts.filter((one) =>
    (!ui.filter.size || ui.filter.has(group_of(one))) && (!search || `${one.type} ${one.which} ${one.by.service} ${said(one).text}`.toLowerCase().includes(search)));
  // The newest are what one looks for first; a film of an hour has thousands.
  const shown = wanted.slice(ui.isLogLong ? 0 : -ROWS_MAX);
  const began = Date.parse(studio.facts[0]?.time ?? 0);
  return [
    shown.length < wanted.length && button(`Show all ${wanted.length}`, () => { ui.isLogLong = true; app.changed(); }, { kind: "quiet" }),
    h("ol", { class: "facts", "aria-label": "Facts", tabindex: "0", made: follow_end }, shown.map((one) => row(app, one, began)), !shown.length && h("li", { class: "aside" }, "Nothing on the log is like that.")),
  ];
}

function row(app, event, began) {
  const { studio, ui } = app;
  const { text, tone } = said(event);
  const cause = event.cause && studio.byId.get(event.cause);
  const isOpen = ui.event === event.ordinal;
  const open = () => {
    ui.event = isOpen ? null : event.ordinal;
    app.changed();
  };
  const later = studio.at && event.ordinal > studio.at;
  return h("li", { key: event.ordinal, class: `fact ${tone || "plain"} ${isOpen ? "open" : ""} ${later ? "later" : ""} ${studio.at === event.ordinal ? "here" : ""}`, "data-ordinal": String(event.ordinal) },
    h("button", { type: "button", class: "fact-at", title: "See everything as it was then", "aria-label": `See everything as of event ${event.ordinal}`, on: { click: () => app.look(event.ordinal >= studio.revision ? null : event.ordinal) } }, String(event.ordinal)),
    h("span", { class: "fact-time" }, `+${elapsed((Date.parse(event.time) - began) / 1000)}`),
    h("span", { class: "fact-by" }, event.by.service),
    h("button", { type: "button", class: "fact-says", "aria-expanded": String(isOpen), on: { click: open } }, text),
    cause ? h("button", { type: "button", class: "fact-cause", "aria-label": `Because of event ${cause.ordinal}: ${said(cause).text}`, title: said(cause).text, on: { click: () => go_to(app, cause) } }, icon("back"), String(cause.ordinal)) : h("span", { class: "fact-cause none" }, event.by.service === "gateway" ? "you" : ""),
    isOpen && raw(event));
}

const elapsed = (seconds) => (seconds < 100 ? `${seconds.toFixed(1)} s` : seconds < 5400 ? `${figure(Math.round(seconds / 6) / 10)} min` : `${figure(Math.round(seconds / 360) / 10)} h`);

function go_to(app, event) {
  Object.assign(app.ui, { filter: new Set(), search: "", event: event.ordinal, isLogLong: true });
  app.changed();
  requestAnimationFrame(() => requestAnimationFrame(() => {
    const found = app.root.querySelector(`[data-ordinal="${event.ordinal}"] .fact-says`);
    found?.scrollIntoView({ block: "nearest" });
    found?.focus();
  }));
}

const raw = (event) =>
  h("div", { class: "raw" },
    h("p", null, `${event.type} ${event.which}, version ${event.version}, by ${event.by.service} ${event.by.version} on ${event.by.host}, ${event.time}`),
    h("p", null, "digest ", h("code", null, event.digest)),
    h("pre", { tabindex: "0", "aria-label": "The fact as it is written" }, JSON.stringify(event.fact, null, 2)));
