// What was understood, as chips to change: length, shape, what it is made from and why, style, what to avoid.

import { h } from "./dom.js";
import { field_value, MODES } from "./format.js";
import { icon } from "./icons.js";
import { fork_button, IMAGE_TYPES, trouble } from "./parts.js";

const SHAPES = ["16:9", "9:16", "1:1", "4:3", "2.39:1"];
const LENGTHS_S = [6, 10, 15, 20, 30, 60];
const STYLES = ["painterly", "film noir", "watercolour", "documentary", "anime", "stop motion"];

export function brief(app) {
  const { studio } = app;
  const { shown } = studio;
  const read = shown.brief?.document;
  return h("header", { class: "brief", key: "brief" },
    h("h1", null, shown.title),
    h("p", { class: "logline" }, read && read.logline !== `${shown.title}.` ? read.logline : null),
    read && h("ul", { class: "chips", "aria-label": "The brief" }, FIELDS.map((field) => chip(app, read, field))),
    app.ui.chip && read && editor(app, read),
    trouble(studio.problems.get("chip"), () => studio.forgive("chip")),
    shown.origin && app.part("fork")?.origin(app, shown.origin),
    studio.at && shown.plan && !app.ui.fork && h("div", { class: "row" }, fork_button(app, "Fork from here")),
    app.ui.fork && app.part("fork")?.fork(app));
}

const FIELDS = [
  { field: "duration_s", name: "Length" },
  { field: "aspect", name: "Shape" },
  { field: "mode", name: "Made from" },
  { field: "style", name: "Style" },
  { field: "avoid", name: "Avoid" },
];

function chip(app, read, { field, name }) {
  const assumed = read.assumed.find((one) => one.field === field);
  const said = Array.isArray(read[field]) ? read[field].join(", ") || null : read[field];
  const value = said ?? assumed?.value;
  const isOpen = app.ui.chip === field;
  const can = app.studio.can("say") || app.studio.can("redirect");
  if (value === null && !can) return null;
  const toggle = () => {
    app.ui.chip = isOpen ? null : field;
    app.changed();
  };
  return h("li", { key: field },
    h("button", { type: "button", class: `chip ${assumed && said === null ? "assumed" : ""} ${value === undefined ? "empty" : ""}`, "aria-expanded": can ? String(isOpen) : null, disabled: !can, on: { click: toggle }, "data-field": field },
      field === "aspect" && value ? shape(String(value)) : null,
      h("span", { class: "chip-name" }, name), h("span", { class: "chip-value" }, value === undefined || value === null ? "nothing said" : field_value(field, value)),
      assumed && said === null && h("span", { class: "chip-note" }, "assumed")));
}

/** A frame of the shape, drawn small. */
function shape(aspect) {
  const [width, height] = aspect.split(":").map(Number);
  if (!(width > 0 && height > 0)) return null;
  const scale = 14 / Math.max(width, height);
  return h("svg", { class: "shape", viewBox: "0 0 16 16", "aria-hidden": "true" },
    h("rect", { x: String(8 - (width * scale) / 2), y: String(8 - (height * scale) / 2), width: String(width * scale), height: String(height * scale), rx: "1" }));
}

// -- changing one --------------------------------------------------------------------------------------------

function editor(app, read) {
  const field = app.ui.chip;
  const assumed = read.assumed.find((one) => one.field === field);
  const why = field === "mode" ? read.mode_reason : assumed?.why;
  return h("div", { class: "chip-editor", key: field, role: "group", "aria-label": `Change: ${FIELDS.find((one) => one.field === field).name}`, on: { keydown: (event) => event.key === "Escape" && close(app) } },
    why && h("p", { class: "aside" }, why),
    EDITORS[field](app, read),
    h("p", { class: "aside" }, app.studio.can("redirect") ? "A new sample follows." : "What still fits is kept; only what changes is made anew."));
}

function close(app) {
  app.ui.chip = null;
  app.changed();
}

/** Say it in words, as a person would: the log then holds what was wanted, and by whom. */
async function tell(app, words, images = []) {
  const { studio } = app;
  const { links, status } = studio.view;
  const isSample = studio.can("redirect");
  let body = isSample && status.sample ? { words, sample: status.sample } : { words };
  if (images.length) {
    const form = new FormData();
    for (const [name, value] of Object.entries(body)) form.set(name, value);
    for (const file of images) form.append("images", file, file.name);
    body = form;
  }
  if (await studio.act("chip", isSample ? links.redirect : links.messages, body)) close(app);
}

/** Values to choose from; `words` is what is said for one, `name` what stands on it, `draw` what is drawn before that. */
const choices = (app, values, now, { words, name = String, draw = () => null }) =>
  h("div", { class: "choices" }, values.map((value) =>
    h("button", { key: value, type: "button", class: "choice", "aria-pressed": String(value === now), disabled: app.studio.busy.has("chip") || value === now, on: { click: () => tell(app, words(value)) } }, draw(value), name(value))));

function other(app, label, hint, words, kind = "text") {
  const submit = (event) => {
    event.preventDefault();
    const value = app.ui.forms.chip?.trim();
    if (value) tell(app, words(value));
  };
  return h("form", { class: "row", on: { submit } },
    h("label", null, h("span", { class: "unseen" }, label), h("input", { type: kind, min: kind === "number" ? "1" : null, step: kind === "number" ? "any" : null, placeholder: hint, on: { input: (event) => (app.ui.forms.chip = event.target.value) } })),
    h("button", { type: "submit", class: "button", disabled: app.studio.busy.has("chip") }, "Change"));
}

const value_of = (read, field) => read[field] ?? read.assumed.find((one) => one.field === field)?.value;

const EDITORS = {
  duration_s: (app, read) => [
    choices(app, LENGTHS_S, value_of(read, "duration_s"), { words: (value) => `make it ${value} seconds`, name: (value) => `${value} s` }),
    other(app, "Length in seconds", "seconds", (value) => `make it ${value} seconds`, "number"),
  ],
  aspect: (app, read) => choices(app, SHAPES, value_of(read, "aspect"), { words: (value) => `make it ${value}`, draw: shape }),
  mode: (app, read) =>
    h("div", { class: "choices" }, h("p", null, `Made from ${MODES[read.mode] ?? read.mode}.`),
      read.mode !== "t2v" && h("button", { type: "button", class: "button", disabled: app.studio.busy.has("chip"), on: { click: () => tell(app, "From words, without the picture.") }, "data-act": "words" }, "Start from words"),
      h("label", { class: "button attach" }, icon("picture"), h("span", null, read.images.length ? "Start from another picture" : "Start from a picture"),
        h("input", { type: "file", accept: IMAGE_TYPES, class: "unseen", on: { change: (event) => event.target.files.length && tell(app, "Start from this picture.", [...event.target.files]) } }))),
  style: (app, read) => [choices(app, STYLES, value_of(read, "style"), { words: (value) => `style: ${value}` }), other(app, "Another style", "or in your own words", (value) => `style: ${value}`)],
  avoid: (app) => other(app, "What to avoid", "people, text, lens flares …", (value) => `avoid ${value}`),
};
