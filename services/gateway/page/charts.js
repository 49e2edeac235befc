// Where a person would rather look than read: how colours drift along the film, and what each segment took.

import { h } from "./dom.js";
import { clock, figure, spell_s } from "./format.js";

const WIDTH = 430;
const HEIGHT = 110;
const LIMIT = 8; // ΔE76, as the reviewer has it where a finding does not say.
const SEEN = 2; // From here on a difference is just seen (Mahy et al., 1994).

export function charts(app) {
  const { shown } = app.studio;
  const points = shown.segments.map((one) => point(one)).filter(Boolean);
  if (!points.length) return null;
  return h("section", { class: "charts", key: "charts", "aria-labelledby": "charts-title" },
    h("div", { class: "section-head" }, h("h2", { id: "charts-title" }, "Along the film")),
    h("div", { class: "chart-pair" }, drift(points, shown.plan.duration_s), effort(shown.segments)));
}

function point(segment) {
  const take = segment.takes.find((one) => one.is_shown);
  if (!take?.verdict) return null;
  const of = (name) => take.verdict.findings.find((one) => one.criterion === name);
  return { segment, seam: of("seam"), drift: of("colour_drift") };
}

// -- colours -------------------------------------------------------------------------------------------------

function drift(points, duration_s) {
  const values = points.flatMap((one) => [one.seam?.value, one.drift?.value]).filter((one) => typeof one === "number");
  const top = Math.max(LIMIT * 1.25, ...values.map((one) => one * 1.1));
  const x = (at_s) => (at_s / duration_s) * WIDTH;
  const y = (value) => HEIGHT - (value / top) * HEIGHT;
  const ends = points.filter((one) => typeof one.drift?.value === "number");
  const path = ends.map(({ segment, drift: found }) => `M${x(segment.begins_s)} ${y(0)}L${x(segment.begins_s + segment.duration_s)} ${y(found.value)}`).join("");
  return h("figure", { class: "chart" },
    h("figcaption", null, h("strong", null, "Colour"), " ", h("span", { class: "key drift" }, "drift within a segment"), " ", h("span", { class: "key seam" }, "step at a seam"), " ΔE76"),
    h("svg", { viewBox: `-6 -8 ${WIDTH + 66} ${HEIGHT + 28}`, role: "img", "aria-label": drift_words(points) },
      line("limit", y(LIMIT), `limit ${LIMIT}`), line("seen", y(SEEN), "just seen"), h("path", { class: "axis", d: `M0 ${HEIGHT}H${WIDTH}` }),
      points.map(({ segment }) => h("text", { key: `t${segment.id}`, class: "tick", x: String(x(segment.begins_s + segment.duration_s / 2)), y: String(HEIGHT + 14), "text-anchor": "middle" }, String(segment.id))),
      points.map(({ segment }) => h("path", { key: `g${segment.id}`, class: "grid", d: `M${x(segment.begins_s)} 0V${HEIGHT}` })),
      h("path", { class: "drift", d: path }),
      ends.map(({ segment, drift: found }) => h("circle", { key: `d${segment.id}`, class: `drift ${found.outcome}`, cx: String(x(segment.begins_s + segment.duration_s)), cy: String(y(found.value)), r: "3.5" })),
      points.filter((one) => typeof one.seam?.value === "number").map(({ segment, seam }) => h("path", { key: `s${segment.id}`, class: `seam ${seam.outcome}`, d: diamond(x(segment.begins_s), y(seam.value)) }))),
    table(["Segment", "Begins", "Seam", "Drift"], points.map(({ segment, seam, drift: found }) => [segment.id, clock(segment.begins_s), shown_value(seam), shown_value(found)])));
}

const line = (name, y, words) => [h("path", { key: name, class: `limit ${name}`, d: `M0 ${y}H${WIDTH}` }), h("text", { key: `${name} words`, class: "tick", x: String(WIDTH + 4), y: String(y + 3) }, words)];
const diamond = (x, y) => `M${x} ${y - 5}l5 5-5 5-5-5z`;
const shown_value = (found) => (typeof found?.value === "number" ? figure(found.value) : "–");

function drift_words(points) {
  const worst = points.filter((one) => typeof one.drift?.value === "number").sort((a, b) => b.drift.value - a.drift.value)[0];
  const seams = points.filter((one) => typeof one.seam?.value === "number");
  const drifting = worst ? `Colours drift most in segment ${worst.segment.id}, by ${figure(worst.drift.value)}.` : "No drift was measured.";
  return `${drifting} ${seams.length ? `The largest step at a seam is ${figure(Math.max(...seams.map((one) => one.seam.value)))}.` : "No seam was measured: the segments are cut."} The limit is ${LIMIT}.`;
}

// -- what it took --------------------------------------------------------------------------------------------

function effort(segments) {
  const rows = segments.map((segment) => ({ segment, takes: segment.takes.filter((one) => one.render_s !== null) }));
  const total = (row) => row.takes.reduce((sum, one) => sum + one.render_s, 0);
  const top = Math.max(0.1, ...rows.map(total));
  const wide = WIDTH / rows.length;
  return h("figure", { class: "chart" },
    h("figcaption", null, h("strong", null, "Rendering"), " ", h("span", { class: "key shown" }, "the take in the film"), " ", h("span", { class: "key other" }, "other takes"), " seconds"),
    h("svg", { viewBox: `-6 -8 ${WIDTH + 66} ${HEIGHT + 28}`, role: "img", "aria-label": effort_words(rows, total) },
      h("path", { class: "axis", d: `M0 ${HEIGHT}H${WIDTH}` }),
      rows.map((row, index) => bars(row, index * wide, wide, top)),
      h("text", { class: "tick", x: String(WIDTH + 4), y: "8" }, spell_s(top))),
    table(["Segment", "Takes", "Rendered in"], rows.map((row) => [row.segment.id, row.segment.takes.length, spell_s(total(row))])));
}

function bars(row, x, wide, top) {
  let y = HEIGHT;
  const width = Math.min(48, wide * 0.6);
  return [
    row.takes.map((one) => {
      const height = (one.render_s / top) * HEIGHT;
      y -= height;
      return h("rect", { key: one.name, class: `bar-part ${one.is_shown ? "shown" : "other"}`, x: String(x + (wide - width) / 2), y: String(y + 0.75), width: String(width), height: String(Math.max(1, height - 1.5)), rx: "2" });
    }),
    h("text", { key: `t${row.segment.id}`, class: "tick", x: String(x + wide / 2), y: String(HEIGHT + 14), "text-anchor": "middle" }, String(row.segment.id)),
  ];
}

function effort_words(rows, total) {
  const worst = [...rows].sort((a, b) => total(b) - total(a))[0];
  return `Rendering took ${spell_s(rows.reduce((sum, row) => sum + total(row), 0))} in all; most for segment ${worst.segment.id}, ${spell_s(total(worst))}.`;
}

const table = (head, rows) =>
  h("details", { class: "as-table" }, h("summary", null, "As a table"),
    h("table", null, h("thead", null, h("tr", null, head.map((one) => h("th", { key: one, scope: "col" }, one)))),
      h("tbody", null, rows.map((row) => h("tr", { key: row[0] }, row.map((cell, index) => h(index ? "td" : "th", { key: index, scope: index ? null : "row" }, String(cell))))))));
