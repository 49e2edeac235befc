// Branches: a film of its own that begins with all that was there at an event, and a film that is made again.

import { Problem } from "./client.js";
import { h } from "./dom.js";
import { count, sentence } from "./format.js";
import { icon } from "./icons.js";
import { button, send_on_enter, trouble } from "./parts.js";
import { likeness } from "./words.js";

const PAUSE_MS = 500;

/** The way to a fork, and what it would be before there is one. */
export function fork(app) {
  const { studio, ui } = app;
  const { shown } = studio;
  if (!ui.fork || !shown.plan) return null;
  const { words, outlook, problem } = ui.fork;
  return h("form", { class: "ask fork", key: "fork", on: { submit: (event) => { event.preventDefault(); branch(app); }, keydown: (event) => event.key === "Escape" && close(app) } },
    h("h3", null, icon("fork"), ` Fork from ${studio.at ? `event ${studio.at}` : "now"}`),
    h("p", { class: "aside" }, "A film of its own, with all that was there by then. Takes that still fit are shared; this film is never touched."),
    h("label", null, h("span", null, "What should be different (or nothing)"),
      h("textarea", { rows: "2", placeholder: "At night. Segment 2 closer.", prop: { value: words }, made: (node) => { node.focus(); ask(app, ui.fork); }, on: { input: (event) => { ui.fork.words = event.target.value; ask_soon(app); }, keydown: send_on_enter } })),
    h("p", { "aria-live": "polite" }, outlook ? `To be rendered: ${sentence(outlook.says)}` : problem ? null : "Looking what that would take …"),
    trouble(problem),
    h("div", { class: "row" },
      h("button", { type: "submit", class: "button strong", disabled: ui.fork.isBusy }, "Fork it"),
      button("Never mind", () => close(app), { kind: "quiet" })));
}

function close(app) {
  clearTimeout(app.ui.fork?.timer);
  app.ui.fork = null;
  app.changed();
}

/** Ask what the fork would be, once the person pauses. */
function ask_soon(app) {
  const { fork: wish } = app.ui;
  clearTimeout(wish.timer);
  wish.timer = setTimeout(() => ask(app, wish), PAUSE_MS);
}

const body_of = (app, wish) => ({ words: wish.words.trim(), ...(app.studio.at ? { at: app.studio.at } : {}) });

async function ask(app, wish) {
  const { words } = wish;
  // The person may have gone elsewhere meanwhile.
  if (app.ui.fork !== wish) return;
  await told(app, wish, async () => {
    const outlook = await app.client.send("POST", app.studio.view.links.forks, { ...body_of(app, wish), dry_run: true });
    if (wish.words === words) wish.outlook = outlook;
  });
}

async function branch(app) {
  const wish = app.ui.fork;
  clearTimeout(wish.timer);
  wish.isBusy = true;
  await told(app, wish, async () => {
    const made = await app.client.send("POST", app.studio.view.links.forks, body_of(app, wish));
    close(app);
    app.go(made.id);
  });
  wish.isBusy = false;
}

/** Do it, and keep what was refused where it was asked. */
async function told(app, wish, act) {
  try {
    wish.problem = null;
    await act();
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    Object.assign(wish, { problem: error, outlook: null });
  }
  app.changed();
}

/** Where a production comes from. */
export const origin = (app, of) =>
  h("p", { class: "origin" }, icon("fork"), of.kind === "fork" ? " Forked from " : " Made again from ",
    h("button", { type: "button", class: "link", on: { click: () => app.go(of.production, of.ordinal) } }, `${of.production}, event ${of.ordinal}`));

// -- a film that was made again --------------------------------------------------------------------------------

/** Make the film again, as a production of its own, and go there. */
export async function again(app) {
  app.ui.again = { problem: null };
  await told(app, app.ui.again, async () => app.go((await app.client.send("POST", app.studio.view.links.regenerations, {})).id));
}

/** How the film stands to the recorded one, clip by clip. */
export function comparison(app) {
  const { studio } = app;
  const { shown } = studio;
  if (!shown.links.comparison || shown.status.name !== "done") return null;
  const found = studio.comparison;
  if (found?.revision !== shown.revision) {
    studio.comparison = { revision: shown.revision, view: found?.view };
    app.client.get(shown.links.comparison).then((view) => { studio.comparison.view = view; app.changed(); }, (error) => studio.problems.set("comparison", error));
  }
  const view = found?.view;
  if (!view) return trouble(studio.problems.get("comparison"));
  return h("section", { class: "comparison", key: "comparison", "aria-labelledby": "comparison-title" },
    h("div", { class: "section-head" }, h("h2", { id: "comparison-title" }, "Held against the recorded film"), h("p", null, view.is_complete ? `${view.matches ? "It matches" : "It differs"}: the film is ${likeness(view.film.comparison ?? view.film)}.` : "Not all is compared yet.")),
    h("ul", { class: "compared" }, view.segments.map((one) => h("li", { key: one.segment, class: one.likeness ?? "" }, `Segment ${one.segment}: ${one.likeness ? likeness(one.comparison ?? one) : "not compared"}`))),
    Boolean(view.decisions.length) && h("p", { class: "aside" }, `${count(view.decisions.length, "decision")} turned out otherwise.`));
}
