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

const OUTCOMES = { pass: "holds", fail: "fails", unobserved: "not measured" };
const ANSWERS = { pass: "yes", fail: "no", unobserved: "not seen" };
const ORDER = { fail: 0, unobserved: 2, pass: 1 };

function verdict(segment, found) {
  const findings = [...found.findings].sort((a, b) => ORDER[a.outcome] - ORDER[b.outcome]);
  const [seen, measures] = [findings.filter((one) => is_seen(segment, one)), findings.filter((one) => !is_seen(segment, one))];
  return h("div", { class: "verdict" },
    h("p", { class: "score" }, h("b", null, found.score.toFixed(2)), " score", found.advice && h("span", null, ` · next take: ${found.advice}`)),
    looked(segment, seen),
    part(segment, "What was measured", measures, (one) => one.outcome === "fail"));
}

const SEEN_BY = "seen by ";
const model_of = (one) => (one.source?.startsWith(SEEN_BY) ? one.source.slice(SEEN_BY.length) : null);

/** Whether a finding is the answer of somebody who looked, or would be. */
const is_seen = (segment, one) =>
  Boolean(model_of(one)) || one.criterion === "policy" || one.criterion.startsWith("match-") || segment.criteria.some(({ id, kind }) => id === one.criterion && kind === "seen");

function looked(segment, findings) {
  const by = findings.map(model_of).find(Boolean);
  if (by) return part(segment, ["What the model saw ", h("i", null, by)], findings, (one) => one.outcome !== "unobserved");
  // Without a model all of them say why there was none: once is enough.
  const reasons = [...new Set(findings.map((one) => one.evidence))];
  return Boolean(findings.length) && h("p", { class: "aside" }, `Nobody looked at it: ${sentence(reasons[0])}`);
}

/** Findings of one kind: some are shown, the others open on a click. */
function part(segment, title, findings, is_shown) {
  const list = (some) => h("ul", { class: "findings" }, some.map((one) => finding(segment, one)));
  const [shown, rest] = [findings.filter(is_shown), findings.filter((one) => !is_shown(one))];
  const held = rest.filter((one) => one.outcome === "pass").length;
  const open = is_seen(segment, findings[0] ?? { criterion: "" }) ? ANSWERS.unobserved : OUTCOMES.unobserved;
  const counts = [held && `${held} held`, rest.length - held && `${rest.length - held} ${open}`].filter(Boolean).join(", ");
  return Boolean(findings.length) && h("div", { class: "verdict-part" },
    h("h4", null, title), shown.length > 0 && list(shown),
    rest.length > 0 && h("details", null, h("summary", null, counts), list(rest)));
}

// What is measured of every take, whether its plan asks for it or not.
const MEASURES = {
  decodes: "Can every frame be decoded?", frame_count: "Has it as many frames as were ordered?", size: "Has it the size that was ordered?",
  fps: "Has it the frame rate that was ordered?", black: "Is it free of black frames?", flat: "Does every frame show something?",
  frozen: "Does it move?", still: "Does it never stand still for long?", blurred: "Is it sharp?", flicker: "Is its brightness steady?",
  flash: "Is it free of flashes?", cut: "Is it one shot?", jump: "Does it move without jumps?", overexposed: "Do the bright parts keep their detail?",
  underexposed: "Is there light enough to see?", noise: "Is it free of boiling noise?", seam: "Does it go on as the take before it ended?",
  colour_drift: "Do its colours stay as they began?",
};

/** What was asked: the plan's question, or the reviewer's own. */
function question_of(segment, { criterion }) {
  if (criterion === "policy") return "Is it within the content policy?";
  if (criterion === "control") return "Does the model see only what is there?";
  if (criterion.startsWith("match-")) return `${capital(field_name(criterion.slice("match-".length)))}: as described, on both sides of the cut?`;
  return segment.criteria.find(({ id }) => id === criterion)?.question ?? MEASURES[criterion] ?? field_name(criterion);
}

function finding(segment, one) {
  return h("li", { key: one.criterion, class: `finding ${one.outcome}` },
    h("span", { class: "finding-name" }, capital(question_of(segment, one)), !one.must_hold && [" ", h("i", { key: "i" }, "noted only")]),
    h("span", { class: "finding-outcome" }, (is_seen(segment, one) ? ANSWERS : OUTCOMES)[one.outcome]),
    one.value !== null && one.threshold !== null && gauge(one),
    h("span", { class: "finding-words" }, one.evidence && capital(sentence(one.evidence)), measured(one)));
}

function measured(one) {
  // A figure without a limit stands in the evidence already.
  if (one.value === null || (one.threshold === null && one.evidence)) return null;
  const unit = one.unit ? ` ${one.unit}` : "";
  return h("span", { class: "measured", title: one.source || null }, `${figure(one.value)}${unit}${one.threshold === null ? "" : ` (limit ${figure(one.threshold)})`}`);
}

/** The measured value on a line that has the threshold at its middle. */
function gauge(one) {
  const share = Math.min(1, Math.max(0, one.threshold ? one.value / one.threshold / 2 : one.value ? 1 : 0));
  return h("svg", { class: "gauge", viewBox: "0 0 100 8", preserveAspectRatio: "none", "aria-hidden": "true" },
    h("path", { class: "gauge-line", d: "M0 4H100" }), h("path", { class: "gauge-limit", d: "M50 0V8" }), h("path", { class: "gauge-value", d: `M${(share * 100).toFixed(1)} 0V8` }));
}
