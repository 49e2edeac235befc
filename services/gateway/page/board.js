// The storyboard: a card for each segment, and between the cards how one follows the other.

import { h } from "./dom.js";
import { capital, clock, left_s, length_s, shorten } from "./format.js";
import { icon, movement } from "./icons.js";
import { loop, meter, picture } from "./parts.js";

const STATES = { waiting: "waits", due: "next", making: "filming", reviewing: "in review", accepted: "accepted", stalled: "needs you" };

export function board(app) {
  const { shown } = app.studio;
  if (!shown.plan) return null;
  const { segments } = shown;
  const accepted = segments.filter((one) => one.state === "accepted").length;
  const left = shown.estimate?.left_s;
  return h("section", { class: "board", key: "board", "aria-labelledby": "board-title" },
    h("div", { class: "section-head" },
      h("h2", { id: "board-title" }, "Storyboard"),
      h("p", null, `${accepted} of ${segments.length} accepted`, left > 0 && accepted < segments.length ? ` · ${left_s(left)} left` : null, ` · plan ${shown.plan.revision}`)),
    ruler(app, segments, shown.plan.duration_s),
    h("ol", { class: "strip", on: { keydown: (event) => move(app, event) } }, segments.map((one, index) => card(app, one, index))));
}

/** The film's time, with each segment as long as it is shown. */
const ruler = (app, segments, duration_s) =>
  h("div", { class: "ruler", "aria-hidden": "true" }, segments.map((one) =>
    h("span", { key: one.id, class: `ruler-part ${one.state} ${app.ui.segment === one.id ? "open" : ""}`, style: { "--share": String(one.duration_s / duration_s) }, title: `${one.id}: ${clock(one.begins_s)}, ${length_s(one.duration_s)}`, on: { click: () => open_segment(app, one, true) } })));

export function open_segment(app, segment, isFar = false) {
  app.ui.segment = app.ui.segment === segment.id ? null : segment.id;
  app.changed();
  const video = app.root.querySelector("#film");
  if (app.ui.segment && video && video.paused) video.currentTime = segment.begins_s + 0.01;
  if (isFar) app.root.querySelector(`[data-segment="${segment.id}"]`)?.scrollIntoView({ inline: "center", block: "nearest" });
}

/** Arrow keys go from card to card. */
function move(app, event) {
  const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (!step || !event.target.classList.contains("card-open")) return;
  const all = [...app.root.querySelectorAll(".card-open")];
  all[all.indexOf(event.target) + step]?.focus();
  event.preventDefault();
}

// -- cards ---------------------------------------------------------------------------------------------------

function card(app, segment, index) {
  const { studio } = app;
  const step = studio.step(`segment ${segment.id}`);
  const review = segment.takes.map((one) => studio.step(`review ${one.name}`)).find(Boolean);
  const isOpen = app.ui.segment === segment.id;
  return h("li", { key: segment.id, class: `card ${segment.state} ${isOpen ? "open" : ""}`, "data-segment": String(segment.id) },
    index > 0 && joint(segment),
    h("button", {
      type: "button", class: "card-open", "aria-expanded": String(isOpen), "aria-controls": "takes",
      on: { click: () => open_segment(app, segment), pointerenter: () => hover(app, segment.id), pointerleave: () => hover(app, null) },
    },
      h("span", { class: "card-picture", style: { "--aspect": `${studio.shown.plan.crop.width} / ${studio.shown.plan.crop.height}` } },
        screen(app, segment, step),
        h("span", { class: `state ${segment.state} ${segment.is_flagged ? "flagged" : ""}` }, segment.state === "accepted" && icon(segment.is_flagged ? "warn" : "check"), segment.is_flagged ? "kept, flagged" : STATES[segment.state])),
      h("span", { class: "card-words" },
        h("span", { class: "card-title" }, h("b", null, String(segment.id)), movement(segment.movement), `${capital(segment.shot)}, ${segment.movement}`, h("i", null, length_s(segment.duration_s))),
        h("span", { class: "card-beat" }, segment.beat),
        h("span", { class: "card-prompt" }, shorten(segment.prompt, 120)))),
    step ? meter(step, `Segment ${segment.id}, rendering`) : review ? meter(review, `Segment ${segment.id}, in review`) : null,
    dots(segment));
}

function hover(app, id) {
  app.ui.hover = id;
  app.changed();
}

function screen(app, segment, step) {
  const take = segment.takes.find((one) => one.is_shown) ?? segment.takes.filter((one) => one.thumbnail).at(-1);
  if (step?.preview) return h("img", { key: "preview", src: step.preview, alt: `Segment ${segment.id}, as far as it is rendered`, class: "preview" });
  if (take && app.ui.hover === segment.id) return loop(app, take.clip, take.poster, `Segment ${segment.id}`, { "aria-hidden": "true", tabindex: "-1" });
  if (take) return picture(app, take.thumbnail, `Take ${take.name}`, { key: "poster" });
  const palette = app.studio.shown.plan.palette;
  return h("span", { class: "card-empty", style: { "--from": palette[0], "--to": palette.at(-1) }, "aria-hidden": "true" }, String(segment.id));
}

/** One dot for each take, in the colour of what became of it. */
const dots = (segment) =>
  segment.takes.length > 1 && h("span", { class: "dots" }, h("span", { class: "unseen" }, `${segment.takes.length} takes`), segment.takes.map((one) => h("i", { key: one.name, class: one.state, "aria-hidden": "true" })));

// -- what lies between two cards -----------------------------------------------------------------------------

const JOINTS = {
  cut: { words: "cut", path: "M12 3v18" },
  crossfade: { words: "mix", path: "M4 6l16 12M4 18L20 6" },
  continue: { words: "goes on", path: "M2 12h18M15 7l5 5-5 5" },
};

function joint(segment) {
  const { words, path } = JOINTS[segment.transition.kind];
  const from = segment.start.kind === "segment" ? ` from segment ${segment.start.segment}’s last picture` : segment.start.kind === "image" ? " from your picture" : "";
  return h("span", { class: `joint ${segment.transition.kind}`, title: `${capital(words)}${from}` },
    h("svg", { viewBox: "0 0 24 24", "aria-hidden": "true" }, h("path", { d: path })),
    h("span", null, words), h("span", { class: "unseen" }, from));
}
