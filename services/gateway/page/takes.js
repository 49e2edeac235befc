// One segment in full: its prompt, its takes side by side with what the reviewer found, and what a person can do.

import { h } from "./dom.js";
import { capital, clock, field_name, figure, length_s, sentence, spell_s } from "./format.js";
import { icon, movement } from "./icons.js";
import { ask, button, clip, trouble } from "./parts.js";
import { prompt } from "./prompt.js";

export function takes(app) {
  const { shown } = app.studio;
  const segment = shown.segments.find((one) => one.id === app.ui.segment);
  if (!segment) return null;
  const close = () => {
    app.ui.segment = null;
    app.changed();
    app.root.querySelector(`[data-segment="${segment.id}"] .card-open`)?.focus();
  };
  return h("section", { class: "takes", id: "takes", key: `takes ${segment.id}`, "aria-labelledby": "takes-title", on: { keydown: (event) => event.key === "Escape" && !event.target.closest("form") && close() } },
    h("div", { class: "section-head" },
      h("h2", { id: "takes-title" }, `Segment ${segment.id}`),
      h("p", null, movement(segment.movement), `${capital(segment.shot)}, ${segment.movement} · ${clock(segment.begins_s)} to ${clock(segment.begins_s + segment.duration_s)} (${length_s(segment.duration_s)}) · ${origin(segment)}`),
      h("button", { type: "button", class: "quiet-button", "aria-label": "Close this segment", on: { click: close } }, icon("cross"))),
    h("p", { class: "beat" }, segment.beat),
    prompt(app, segment, redo(app, segment)),
    h("ul", { class: "take-list" }, segment.takes.map((one) => take(app, segment, one)), !segment.takes.length && h("li", { class: "aside" }, segment.state === "waiting" ? "It waits for the segment it continues." : "Its first take is not ordered yet.")));
}

function origin(segment) {
  if (segment.start.kind === "segment") return `continues segment ${segment.start.segment}`;
  return segment.start.kind === "image" ? "starts from your picture" : "starts from words";
}

function redo(app, segment) {
  const { studio } = app;
  if (!studio.can("say")) return null;
  const name = `redo ${segment.id}`;
  return h("div", { class: "redo" },
    ask(app, name, {
      open: "Redo this one", label: "What should be different", hint: "Closer, and slower. Leave it empty for another seed.", verb: "Redo it", needed: false, sign: "again",
      act: (words) => studio.act(name, segment.redo, { words }), busy: studio.busy.has(name),
    }),
    trouble(studio.problems.get(name), () => studio.forgive(name)));
}

// -- one take ------------------------------------------------------------------------------------------------

const STATES = {
  ordered: "ordered", rendering: "filming", failed: "failed", reviewing: "in review", approved: "approved", rejected: "rejected",
  kept: "kept, flagged", accepted: "accepted by you", refused: "refused by you",
};

function take(app, segment, one) {
  const { studio } = app;
  const { crop } = studio.shown.plan;
  return h("li", { key: one.name, class: `take ${one.state} ${one.is_shown ? "shown" : ""} ${one.is_fitting ? "" : "stale"}` },
    h("div", { class: "take-head" }, h("h3", null, `Take ${one.take}`), h("span", { class: `state ${one.state}` }, STATES[one.state] ?? one.state), one.is_shown && h("span", { class: "in-film" }, "in the film")),
    h("div", { class: "take-picture", style: { "--aspect": `${crop.width} / ${crop.height}` } },
      one.clip ? clip(app, one.clip, one.poster, `Take ${one.name}`, { controls: true, loop: true, preload: "none", prop: { muted: true } })
        : h("span", { class: "card-empty", "aria-hidden": "true" }, String(one.take))),
    h("p", { class: "take-facts" }, [`seed ${one.seed}`, one.render_s !== null ? `rendered in ${spell_s(one.render_s)}` : null, one.made ? one.made.by : null].filter(Boolean).join(" · ")),
    one.why && h("p", { class: "aside" }, capital(sentence(one.why))),
    !one.is_fitting && h("p", { class: "aside" }, "It was made for an earlier plan."),
    one.failure && h("p", { class: "aside" }, one.failure),
    one.rulings.map((ruling) => h("p", { key: ruling.ordinal, class: "ruling" }, icon("check"), `${ruling.ruling === "accept" ? "Accepted" : "Refused"} by you: ${ruling.why}`)),
    one.verdict && verdict(segment, one.verdict),
    rule(app, one));
}

/** The ways to outrank the reviewer, each with a reason. */
function rule(app, one) {
  const { studio } = app;
  if (!one.clip || !one.is_fitting || !studio.can("say")) return null;
  const name = `overrule ${one.name}`;
  const form = (ruling, open, label, hint, sign) =>
    ask(app, `${name} ${ruling}`, {
      open, label, hint, verb: open, sign, busy: studio.busy.has(name),
      act: (why) => studio.act(name, one.overrule, { ruling, why }),
    });
  return h("div", { class: "rule" },
    !one.is_shown && form("accept", "Accept this take", `Why take ${one.take} is good`, "The blur is what I wanted.", "check"),
    (one.is_shown || one.state === "reviewing") && form("refuse", "Refuse this take", `Why take ${one.take} is no good`, "Her face is turned away.", "cross"),
    trouble(studio.problems.get(name), () => studio.forgive(name)));
}

// -- what the reviewer found ---------------------------------------------------------------------------------

const OUTCOMES = { pass: "holds", fail: "fails", unobserved: "not seen" };
const ORDER = { fail: 0, unobserved: 2, pass: 1 };

function verdict(segment, found) {
  const findings = [...found.findings].sort((a, b) => ORDER[a.outcome] - ORDER[b.outcome]);
  const failed = findings.filter((one) => one.outcome === "fail");
  const rest = findings.filter((one) => one.outcome !== "fail");
  const held = rest.filter((one) => one.outcome === "pass").length;
  return h("div", { class: "verdict" },
    h("p", { class: "score" }, h("b", null, found.score.toFixed(2)), " score", found.advice && h("span", null, ` · next take: ${found.advice}`)),
    Boolean(failed.length) && h("ul", { class: "findings" }, failed.map((one) => finding(segment, one))),
    Boolean(rest.length) && h("details", null, h("summary", null, `${held} held${rest.length - held ? `, ${rest.length - held} not seen` : ""}`), h("ul", { class: "findings" }, rest.map((one) => finding(segment, one)))));
}

function finding(segment, one) {
  const asked = segment.criteria.find((criterion) => criterion.id === one.criterion)?.question;
  return h("li", { key: one.criterion, class: `finding ${one.outcome}` },
    h("span", { class: "finding-name", title: asked ?? null }, capital(asked ?? field_name(one.criterion)), !one.must_hold && h("i", null, "noted only")),
    h("span", { class: "finding-outcome" }, OUTCOMES[one.outcome]),
    one.value !== null && one.threshold !== null && gauge(one),
    h("span", { class: "finding-words" }, one.evidence, measured(one)));
}

function measured(one) {
  if (one.value === null) return null;
  const unit = one.unit ? ` ${one.unit}` : "";
  return h("span", { class: "measured", title: one.source || null }, `${figure(one.value)}${unit}${one.threshold === null ? "" : ` (limit ${figure(one.threshold)})`}`);
}

/** The measured value on a line that has the threshold at its middle. */
function gauge(one) {
  const share = Math.min(1, Math.max(0, one.threshold ? one.value / one.threshold / 2 : one.value ? 1 : 0));
  return h("svg", { class: "gauge", viewBox: "0 0 100 8", preserveAspectRatio: "none", "aria-hidden": "true" },
    h("path", { class: "gauge-line", d: "M0 4H100" }), h("path", { class: "gauge-limit", d: "M50 0V8" }), h("path", { class: "gauge-value", d: `M${(share * 100).toFixed(1)} 0V8` }));
}
