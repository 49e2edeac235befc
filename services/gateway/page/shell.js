// The frame around everything: the bar at the top, what has to be said before anything else, and the rooms.

import { h } from "./dom.js";
import { ago } from "./format.js";
import { icon } from "./icons.js";
import { button, trouble } from "./parts.js";
import { status_pill } from "./status.js";

export function shell(app) {
  const { studio } = app;
  const needsToken = [studio?.failure, studio ? null : app.shelf.problem].find((one) => one?.status === 401);
  return h("div", { class: `page ${app.getAttribute("theme") ?? "auto"}`, "data-tab": app.ui.tab, "data-past": Boolean(studio?.at) },
    bar(app),
    h("p", { class: "unseen", "aria-live": "polite", "data-says": true }, studio?.shown ? studio.shown.status.says : ""),
    notices(app),
    needsToken ? token_form(app, needsToken) : inside(app));
}

function inside(app) {
  const { studio } = app;
  if (!studio) return app.part("start")?.start(app);
  if (studio.failure && !studio.view) return missing(app, studio.failure);
  if (!studio.shown) return h("p", { class: "standby" }, studio.line === "lost" ? "Waiting for Kindling to answer …" : "Opening …");
  return app.part("room")?.room(app);
}

function missing(app, problem) {
  return h("div", { class: "missing" },
    h("h1", null, problem.title || "This film can’t be shown"),
    h("p", null, problem.detail), problem.help && h("p", { class: "help" }, problem.help),
    button("All films", () => app.go(null), { kind: "strong", sign: "back" }));
}

function bar(app) {
  const shown = app.studio?.shown;
  return h("header", { class: "bar" },
    h("button", { type: "button", class: "mark", on: { click: () => app.go(null) }, "aria-label": "Kindling: all films" }, icon("flame"), h("span", null, "Kindling")),
    shown && h("div", { class: "bar-title" }, h("span", { class: "bar-name" }, shown.title), status_pill(shown.status)),
    h("div", { class: "bar-end" }, line(app), app.studio && menu(app), theme(app)));
}

const THEMES = { auto: "light", light: "dark", dark: "auto" };

/** As the system is, light, or dark: one after the other. */
function theme(app) {
  const now = app.getAttribute("theme") ?? "auto";
  return h("button", { type: "button", class: "quiet-button", title: `Colours: ${now}`, "aria-label": `Colours: ${now}. Change to ${THEMES[now]}`, on: { click: () => app.dress(THEMES[now]) } }, icon("theme"));
}

function line(app) {
  const state = (app.studio ?? app.shelf).line;
  return state === "lost" && h("span", { class: "pill lost", role: "status" }, h("i", { "aria-hidden": "true" }), "No connection");
}

function menu(app) {
  const { studio } = app;
  const { view } = studio;
  if (!view || (!studio.can("cancel") && !studio.can("remove"))) return null;
  const end = (name, link, method) => async (why) => {
    const isDone = await studio.act(name, method === "DELETE" ? `${link}?${new URLSearchParams({ why })}` : link, method === "DELETE" ? undefined : { why }, { method });
    if (isDone && name === "remove") app.go(null);
    return isDone;
  };
  const isOpen = app.ui.menu === true;
  return h("div", { class: "menu", on: { keydown: (event) => event.key === "Escape" && toggle(app, false) } },
    button(studio.can("cancel") ? "End it …" : "Remove …", () => toggle(app, !isOpen), { kind: "quiet", "aria-expanded": String(isOpen) }),
    isOpen && h("div", { class: "menu-sheet" },
      studio.can("cancel") && ask_end(app, "cancel", "Call it off", "What is being made stops; what was made stays.", end("cancel", view.links.cancel, "POST")),
      studio.can("remove") && ask_end(app, "remove", "Remove it", "Its film, takes and pictures go; its log stays.", end("remove", view.links.remove, "DELETE")),
      trouble(studio.problems.get("cancel") ?? studio.problems.get("remove"))));
}

function toggle(app, isOpen) {
  app.ui.menu = isOpen;
  app.changed();
}

function ask_end(app, name, words, hint, act) {
  const field = `end ${name}`;
  const submit = async (event) => {
    event.preventDefault();
    if (await act(app.ui.forms[field]?.trim() ?? "")) toggle(app, false);
  };
  return h("form", { key: name, class: "ask", on: { submit } },
    h("p", null, hint),
    h("label", null, h("span", null, "Why (if you like)"), h("input", { type: "text", on: { input: (event) => (app.ui.forms[field] = event.target.value) } })),
    h("button", { type: "submit", class: `button ${name === "remove" ? "danger" : ""}`, disabled: app.studio.busy.has(name) }, words));
}

function notices(app) {
  const { studio } = app;
  const lost = (studio ?? app.shelf).line === "lost";
  return h("div", { class: "notices" },
    lost && h("div", { class: "notice lost", key: "lost", role: "status" }, icon("warn"),
      h("p", null, h("strong", null, "The connection is lost."), " What you see may be behind. Nothing is lost: this page tries again by itself and shows then what happened meanwhile.")),
    studio?.at && past_notice(app));
}

function past_notice(app) {
  const { studio } = app;
  const event = studio.facts.find((one) => one.ordinal === studio.at);
  return h("div", { class: "notice past", key: "past", role: "status" }, icon("clock"),
    h("p", null, h("strong", null, `This is the past: event ${studio.at} of ${studio.revision}`), event ? `, ${ago(event.time, app.now)}. ` : ". ", "Nothing can be changed here."),
    button("Back to now", () => app.look(null), { kind: "strong" }));
}

function token_form(app, problem) {
  const submit = (event) => {
    event.preventDefault();
    const token = app.ui.forms.token?.trim();
    if (token) app.enter(token);
  };
  return h("form", { class: "token", on: { submit } },
    h("h1", null, "This Kindling wants a token"),
    h("p", null, problem.help || "Whoever runs it makes one with “kindling token new”."),
    h("label", null, h("span", null, "Token"),
      h("input", { type: "password", autocomplete: "off", spellcheck: "false", made: (node) => node.focus(), on: { input: (event) => (app.ui.forms.token = event.target.value) } })),
    app.client.token && h("p", { class: "trouble", role: "alert" }, problem.detail),
    h("button", { type: "submit", class: "button strong" }, "Go on"));
}
