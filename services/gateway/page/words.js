// What each event says, in words, and in which tone: one line for a person who reads the log.

import { capital, change_words, count, field_name, figure, length_s, quote, sentence, shorten, spell_s } from "./format.js";

/** One finding in words: its evidence, or its measured value beside its threshold. */
export function finding_words(finding) {
  const name = field_name(finding.criterion);
  if (finding.evidence) return `${name}: ${shorten(finding.evidence, 100)}`;
  if (finding.value == null) return name;
  const unit = finding.unit ? ` ${finding.unit}` : "";
  const limit = finding.threshold == null ? "" : `, the limit is ${figure(finding.threshold)}${unit}`;
  return `${name} ${figure(finding.value)}${unit}${limit}`;
}

/** Why a take was turned down. */
export function failing(verdict) {
  const failed = verdict.findings.filter((one) => one.outcome === "fail");
  const must = failed.filter((one) => one.must_hold);
  return (must.length ? must : failed).map(finding_words).join("; ") || verdict.advice || "no reason was given";
}

const pictures = (images) => (images?.length ? `, with ${count(images.length, "picture")}` : "");
const order = (one) => `${count(one.frame_count, "frame")} at ${one.width}×${one.height}, seed ${one.seed}`;
const take = (fact) => `Take ${fact.segment}-${fact.take}`;
const sample = (fact) => `Sample ${fact.brief}-${fact.take}`;
const problem = (one) => [one.what, one.why].filter(Boolean).map(sentence).join(" ");
const why = (text) => (text ? `: ${sentence(text)}` : ".");
const plan = (one) =>
  `${count(one.segments.length, "segment")}, ${length_s(one.frame_count / one.fps)}, ${one.crop.width}×${one.crop.height}, for ${one.renderer}.`;

function posting(fact) {
  const { renderer, server } = fact.posting;
  const where = server && server !== renderer ? ` at ${server}` : "";
  return `${renderer}${where}${fact.posting_number > 1 ? `, for the ${fact.posting_number}. time` : ""}.`;
}

function brief(fact) {
  const taken = (field) => fact.brief[field] ?? fact.brief.assumed?.find((one) => one.field === field)?.value;
  const length = taken("duration_s");
  const parts = [typeof length === "number" ? length_s(length) : null, taken("aspect"), taken("style")];
  return `Understood: ${quote(fact.brief.logline)} ${parts.filter(Boolean).join(", ")}`.trim();
}

const LIKENESS = {
  same_bytes: "byte for byte the same", same_frames: "every frame is the same, the files are not", equivalent: "equivalent",
  different: "different", unknown: "can’t be told",
};

/** How alike a clip is to the recorded one, with what was measured. */
export function likeness(one) {
  const measured = one.ssim == null || one.delta_e == null ? "" : `, SSIM ${one.ssim.toFixed(4)}, ΔE ${one.delta_e.toFixed(2)}`;
  return `${LIKENESS[one.likeness] ?? one.likeness}${measured}${one.why ? `: ${one.why}` : ""}`;
}

const match = (one) => (one.likeness === "different" || one.likeness === "unknown" ? "bad" : "good");

function last_look(fact) {
  const failed = fact.findings.filter((one) => one.outcome === "fail");
  if (failed.length) return [`The last look at the film: ${failed.map((one) => sentence(one.evidence)).join(" ")}`, "warn"];
  const is_seen = fact.findings.some((one) => one.outcome !== "unobserved");
  return [`The last look at the film: ${is_seen ? "nothing amiss" : "nobody could have one"}.`, "quiet"];
}

// Tones: `person`, `good`, `warn`, `bad`, `quiet`, or plain.
export const SAID = {
  "production.requested": (f) => [`${quote(f.words)}${pictures(f.images)}`, "person"],
  "production.directed": (f) => [`${quote(f.words)}${pictures(f.images)}`, "person"],
  "production.refused": (f) => [`The content policy refuses this. ${sentence(f.why)}`, "bad"],
  "production.stalled": (f) => [`Waits for you: ${problem(f.problem)}`, "bad"],
  "production.resumed": (f) => [`Try again${why(f.why)}`, "person"],
  "production.reviewed": (f) => last_look(f),
  "production.done": (f) => [`The film is done: cut ${f.number}, ${length_s(f.duration_s)}.`, "good"],
  "production.cancelled": (f) => [`Called off${why(f.why)}`, "person"],
  "production.failed": (f) => [`It can’t be made: ${problem(f.problem)}`, "bad"],
  "production.deleted": (f) => [`Removed${why(f.why)}`, "person"],
  "production.adopted": (f) => [`Adopted: event ${f.ordinal} of the production it was forked from.`, "quiet"],
  "production.forked": () => ["Forked: from here on it goes its own way.", "person"],
  "production.rewound": (f) => [`To be made again from ${f.to === "orders" ? "its recorded orders" : "the person’s words"}, and held against cut ${f.cut}.`, "person"],
  "production.compared": (f) => [`The film, held against the recorded one: ${sentence(likeness(f.comparison))}`, match(f.comparison)],
  "intent.questioned": (f) => [`Asked: ${f.text}`, "warn"],
  "intent.answered": (f) => [f.words || f.images?.length ? `${quote(f.words)}${pictures(f.images)}` : "Take what was assumed.", "person"],
  "intent.parsed": (f) => [f.changes?.length ? `Understood: ${f.changes.map(change_words).join("; ")}.` : brief(f), ""],
  "sample.ordered": (f) => [`${sample(f)} ordered: ${order(f.order)}.`, "quiet"],
  "sample.started": (f) => [`${sample(f)} goes to ${posting(f)}`, "quiet"],
  "sample.rendered": (f) => [`${sample(f)} is there, in ${spell_s(f.cost.total_s)}.`, "good"],
  "sample.failed": (f) => [`${sample(f)} could not be rendered: ${problem(f.failure)}`, "bad"],
  "sample.approved": (f) => [`${sample(f)}: that is the vibe.`, "person"],
  "sample.redirected": (f) => [`Not yet: ${quote(f.words)}${pictures(f.images)}`, "person"],
  "plan.written": (f) => [`The plan: ${plan(f.plan)}`, ""],
  "plan.revised": (f) => [`Plan ${f.number}: ${f.changes.map(sentence).join(" ") || plan(f.plan)}`, ""],
  "segment.ordered": (f) => [`${take(f)} ordered: ${order(f.order)}${f.why ? `, because ${f.why[0].toLowerCase()}${shorten(f.why.slice(1), 120).replace(/[.]$/, "")}` : ""}`, "quiet"],
  "segment.borrowed": (f) => [`Segment ${f.segment} is ${f.name} of ${f.production}.`, ""],
  "segment.started": (f) => [`${take(f)} goes to ${posting(f)}`, "quiet"],
  "segment.rendered": (f) => [`${take(f)} is there, in ${spell_s(f.cost.total_s)}.`, ""],
  "segment.failed": (f) => [`${take(f)} could not be rendered: ${problem(f.failure)}`, "bad"],
  "segment.approved": (f) => [`${take(f)} approved, score ${f.verdict.score.toFixed(2)}.`, "good"],
  "segment.rejected": (f) => [`${take(f)} rejected: ${failing(f.verdict)}`, "warn"],
  "segment.kept": (f) => [`${take(f)} kept, flagged: ${sentence(f.why)}`, "warn"],
  "segment.compared": (f) => [`${take(f)}, held against the recorded one: ${sentence(likeness(f.comparison))}`, match(f.comparison)],
  "segment.overruled": (f) => [`${take(f)} ${f.ruling === "accept" ? "accepted" : "refused"} by hand${why(f.why)}`, "person"],
  "work.failed": (f) => [`${capital(f.service)} could not handle ${f.subject}: ${problem(f.problem)}`, "bad"],
};

/** Return what an event says, as {type, fact, is_known, isAdopted}: one that was adopted says what it said where it came from. */
export function meaning({ type, fact, is_known }) {
  let inner = { type, fact };
  while (inner.type === "production.adopted" && inner.fact.event) inner = { type: inner.fact.event.type, fact: inner.fact.event.data };
  return { ...inner, is_known, isAdopted: inner.type !== type };
}

/** Return what an event says in words, as {text, tone}; also one of a type that this page does not know. */
export function said(event) {
  const { type, fact, is_known, isAdopted } = meaning(event);
  const say = SAID[type];
  if (!say || !is_known) return { text: `Something newer than this page: ${type}. It is shown, and skipped.`, tone: "quiet" };
  const [text, tone] = say(fact);
  return { text: isAdopted ? `Adopted: ${text}` : text, tone };
}

/** The groups that the log can be filtered by. */
export const GROUPS = {
  words: { name: "Conversation", has: (type) => /^(production\.(requested|directed|refused|adopted|forked|rewound)|intent\.)/.test(type) },
  sample: { name: "Sample", has: (type) => type.startsWith("sample.") },
  plan: { name: "Plan", has: (type) => type.startsWith("plan.") },
  takes: { name: "Takes", has: (type) => /^segment\.(ordered|borrowed|started|rendered|failed)/.test(type) },
  verdicts: { name: "Verdicts", has: (type) => /^segment\.(approved|rejected|kept|overruled|compared)/.test(type) },
  film: { name: "Film & problems", has: (type) => /^(production\.(stalled|resumed|done|cancelled|failed|deleted|compared|reviewed)|work\.)/.test(type) },
};

export function group_of(event) {
  const { type } = meaning(event);
  return Object.keys(GROUPS).find((name) => GROUPS[name].has(type)) ?? "film";
}
