// Where a film begins: one box, examples to click, and the films there are.

import { h } from "./dom.js";
import { ago, length_s } from "./format.js";
import { icon } from "./icons.js";
import { button, picture, picture_button, pictures, send_on_enter, takes_pictures, trouble } from "./parts.js";
import { status_pill } from "./status.js";

const DRAFT = "start";

// Each in another light, shape and length, so that one sees what can be said.
const EXAMPLES = [
  { art: "dusk", words: "A lighthouse keeper rows out at dusk, 20 seconds, painterly" },
  { art: "neon", words: "Neon rain on an empty street at night, a cyclist passes, 9:16, 12 seconds, film noir" },
  { art: "snow", words: "A red fox crosses a frozen lake at dawn, 15 seconds, watercolour" },
  { art: "sea", words: "A diver drifts through a sunken library, slow, 2.39:1, 20 seconds" },
  { art: "gold", words: "A baker opens her shop at sunrise; then the first bread comes out of the oven, 16 seconds, documentary" },
  { art: "space", words: "An astronaut waters a single plant on a red planet, 1:1, 10 seconds" },
];

export function start(app) {
  return h("div", { class: "start", key: "start" },
    h("div", { class: "start-top" },
      h("h1", null, "What do you want to see?"),
      h("p", { class: "lead" }, "Say it in a sentence. You get a sample in seconds, and a film once you like it."),
      box(app),
      h("ul", { class: "examples", "aria-label": "Examples" }, EXAMPLES.map((one) => example(app, one)))),
    films(app));
}

function box(app) {
  const { shelf, drafts } = app;
  const words = drafts.text(DRAFT);
  const submit = async (event) => {
    event.preventDefault();
    const made = await shelf.ask();
    if (made) app.go(made);
  };
  return h("form", { class: `box ${app.ui.drop === DRAFT ? "dropping" : ""}`, "aria-label": "A new film", on: { submit, ...takes_pictures(app, DRAFT) } },
    h("label", { class: "unseen", for: "wish" }, "What is to be seen"),
    h("textarea", {
      id: "wish", rows: "3", maxlength: "8000", placeholder: "A lighthouse keeper rows out at dusk, 20 seconds, painterly",
      prop: { value: words },
      on: { input: (event) => { drafts.write(DRAFT, event.target.value); app.changed(); }, keydown: send_on_enter },
      made: (node) => { if (!matchMedia("(pointer: coarse)").matches) node.focus({ preventScroll: true }); },
    }),
    pictures(app, DRAFT),
    h("div", { class: "box-end" },
      picture_button(app, DRAFT, drafts.images(DRAFT).length ? "Another picture" : "Start from a picture"),
      how(app),
      h("button", { type: "submit", class: "button strong", disabled: shelf.isAsking || !words.trim() }, h("span", null, shelf.isAsking ? "Asking …" : "Make it"), icon("send"))),
    h("p", { class: "drop-hint", "aria-hidden": "true" }, "Drop the picture here"),
    trouble(shelf.asked));
}

const THINKING = { "": "as set up", auto: "a model, rules where none answers", ollama: "a model, or nobody", off: "rules" };

/** How it is made, for those who want to say. */
function how(app) {
  const { shelf } = app;
  const set = (name, value) => {
    if (value === undefined) delete shelf.options[name];
    else shelf.options[name] = value;
    app.changed();
  };
  const check = (name, words) =>
    h("label", { class: "check" },
      h("input", { type: "checkbox", prop: { checked: shelf.options[name] !== false }, on: { change: (event) => set(name, event.target.checked ? undefined : false) } }), words);
  const number = (name, words, hint, max) =>
    h("label", null, h("span", null, words),
      h("input", {
        type: "number", min: name === "seed" ? "0" : "1", max, placeholder: hint, prop: { value: shelf.options[name] ?? "" },
        on: { input: (event) => set(name, event.target.value === "" ? undefined : Number(event.target.value)) },
      }));
  return h("details", { class: "how" },
    h("summary", null, "How it is made"),
    h("div", { class: "how-sheet" },
      renderers(shelf, set),
      h("label", null, h("span", null, "Who reads and plans"),
        h("select", { on: { change: (event) => set("llm", event.target.value || undefined) } },
          Object.entries(THINKING).map(([value, words]) => h("option", { key: value, value }, words)))),
      number("takes_max", "Takes of a segment, at most", "3", "100"),
      number("seed", "Seed", "any", String(Number.MAX_SAFE_INTEGER)),
      check("sample", "Show me a sample first"),
      check("review", "Review the takes"),
      check("caption", "Captions in the animatic")));
}

const renderers = (shelf, set) =>
  Boolean(shelf.renderers?.length) &&
  h("label", null, h("span", null, "Renderer"),
    h("select", { on: { change: (event) => set("renderer", event.target.value || undefined) } },
      h("option", { value: "" }, "as set up"),
      shelf.renderers.map((one) => h("option", { key: one.name, value: one.name, disabled: !one.is_ready, title: one.says }, `${one.title}${one.is_ready ? "" : " (not ready)"}`))));

function example(app, { art, words }) {
  const take = () => {
    app.drafts.write(DRAFT, words);
    app.changed();
    app.root.querySelector("#wish").focus();
  };
  return h("li", { key: art }, h("button", { type: "button", class: "example", on: { click: take } }, h("i", { class: `art ${art}`, "aria-hidden": "true" }), h("span", null, words)));
}

// -- the films there are -------------------------------------------------------------------------------------

function films(app) {
  const { shelf } = app;
  if (!shelf.films) return h("section", { class: "films" }, shelf.problem && trouble(shelf.problem));
  if (!shelf.films.length) return null;
  return h("section", { class: "films", "aria-labelledby": "films-title" },
    h("h2", { id: "films-title" }, "Your films"),
    h("ol", { class: "film-list" }, tree(shelf.films).map(({ film, depth, of }) => card(app, film, depth, of))),
    shelf.olderProblem && trouble(shelf.olderProblem),
    shelf.next && button("Older ones", () => shelf.more(), { kind: "quiet" }));
}

/** The films in their order, those that were forked from another right behind it, one step in. */
export function tree(films) {
  const byId = new Map(films.map((one) => [one.id, one]));
  const forks = new Map();
  for (const one of films) {
    const of = one.origin?.production;
    if (byId.has(of)) forks.set(of, [...(forks.get(of) ?? []), one]);
  }
  const found = [];
  const add = (film, depth) => {
    found.push({ film, depth, of: film.origin?.production ? (byId.get(film.origin.production)?.title ?? film.origin.production) : null });
    for (const fork of forks.get(film.id) ?? []) add(fork, depth + 1);
  };
  for (const one of films) if (!byId.has(one.origin?.production)) add(one, 0);
  return found;
}

function card(app, film, depth, of) {
  return h("li", { key: film.id, "data-depth": String(Math.min(depth, 3)) },
    h("a", { class: "film-card", href: `#${film.id}`, on: { click: (event) => { if (!event.metaKey && !event.ctrlKey) { event.preventDefault(); app.go(film.id); } } } },
      h("span", { class: "film-picture" }, film.thumbnail ? picture(app, film.thumbnail, "") : icon("flame"), film.status.name === "done" && h("i", { class: "play" }, icon("play"))),
      h("span", { class: "film-words" },
        h("strong", null, film.title),
        h("span", { class: "film-facts" }, status_pill(film.status), h("span", null, [film.duration_s ? length_s(film.duration_s) : null, ago(film.created, app.now)].filter(Boolean).join(" · "))),
        of && h("span", { class: "film-fork" }, icon("fork"), `${film.origin.kind === "fork" ? "from" : "made again from"} “${of}”${film.origin.ordinal ? `, event ${film.origin.ordinal}` : ""}`))));
}
