// The screen: the sample in its loop, what is being made, the film; and what a person can do about each.

import { Problem } from "./client.js";
import { h } from "./dom.js";
import { bytes, capital, count, left_s, length_s, sentence } from "./format.js";
import { ask, button, clip, coded, fork_button, loop, meter, picture, trouble } from "./parts.js";
import { AT_WORK } from "./status.js";

export function stage(app) {
  const { studio } = app;
  const { shown } = studio;
  const { name } = shown.status;
  const size = shown.plan?.crop ?? shown.samples.at(-1)?.size;
  const isEnd = name === "stalled" || name === "outdated" || name === "refused" || name === "failed" || name === "cancelled" || name === "deleted";
  return h("section", { class: "stage", key: "stage", "aria-labelledby": "stage-title", "data-status": name, "data-tall": size && size.height > size.width && !app.ui.compare },
    h("h2", { id: "stage-title", class: "unseen" }, "Screen"),
    isEnd && problem(app),
    name === "asking" && question(app),
    screen(app),
    app.ui.compare || name === "awaiting_approval" ? sampling(app) : null,
    shown.film && name !== "awaiting_approval" && film_facts(app, shown.film));
}

const aspect_of = (size) => `${size.width} / ${size.height}`;

/** What the screen shows: the most of what there is to see. */
function screen(app) {
  const { shown } = app.studio;
  const waiting = shown.samples.find((one) => one.name === shown.status.sample && one.clip);
  const compared = app.ui.compare && shown.samples.find((one) => one.name === app.ui.compare && one.clip);
  if (compared && waiting && compared !== waiting) return h("div", { class: "screens", key: "two" }, sample_screen(app, compared), sample_screen(app, waiting));
  if (compared || waiting) return sample_screen(app, compared || waiting);
  if (app.ui.rough) return rough_cut(app);
  const work = AT_WORK.has(shown.status.name) ? at_work(app) : null;
  if (work) return work;
  if (shown.film) return film(app);
  const last = shown.samples.filter((one) => one.clip).at(-1);
  return last ? sample_screen(app, last) : null;
}

function sample_screen(app, sample) {
  const state = { approved: "approved", redirected: "earlier", waiting: "" }[sample.state] ?? sample.state;
  return h("figure", { class: "screen", key: `sample ${sample.name}`, style: { "--aspect": aspect_of(sample.size) } },
    loop(app, sample.clip, sample.poster, `Sample ${sample.name}, in a loop`, { "data-sample": sample.name }),
    h("figcaption", null, `Sample ${sample.name}`, state && ` · ${state}`, ` · ${length_s(sample.duration_s)}, ${sample.size.width}×${sample.size.height}`));
}

// -- the sample ----------------------------------------------------------------------------------------------

function sampling(app) {
  const { studio } = app;
  const { shown } = studio;
  const { sample } = shown.status;
  const earlier = shown.samples.filter((one) => one.clip && one.name !== sample);
  const approve = async () => {
    if (await studio.act("approve", studio.view.links.approve, { sample })) compare(app, null);
  };
  const redirect = (words) => studio.act("redirect", studio.view.links.redirect, { words, sample });
  return h("div", { class: "verdict-row" },
    sample && h("div", { class: "vibe" },
      h("p", { class: "ask-vibe" }, "Is this the vibe?", h("span", null, " It shows the look. How it moves, the takes will show.")),
      h("div", { class: "row" },
        button(studio.busy.has("approve") ? "Approving …" : "Approve", approve, { kind: "strong", sign: "check", busy: studio.busy.has("approve"), off: !studio.can("approve"), "data-act": "approve" }),
        studio.can("redirect") && ask(app, "redirect", { open: "Say what to change", label: "What to change about the sample", hint: "Darker, at night, closer to her face …", verb: "Make another sample", sign: "edit", act: redirect, busy: studio.busy.has("redirect") })),
      trouble(studio.problems.get("approve"), () => studio.forgive("approve")),
      trouble(studio.problems.get("redirect"), () => studio.forgive("redirect")),
      shown.estimate && h("p", { class: "aside" }, `The whole film would take ${left_s(shown.estimate.total_s)}${shown.estimate.is_rough ? ", roughly" : ""}, going by ${shown.estimate.measured_on}.`)),
    Boolean(earlier.length) && h("div", { class: "earlier" },
      h("h3", null, sample ? "Compare with an earlier one" : "Samples"),
      h("ul", null, earlier.map((one) => thumb(app, one))),
      app.ui.compare && button("Done comparing", () => compare(app, null), { kind: "quiet" })),
    !sample && app.ui.compare && !earlier.length && button("Back", () => compare(app, null), { kind: "quiet" }));
}

const thumb = (app, sample) =>
  h("li", { key: sample.name },
    h("button", { type: "button", class: "sample-thumb", "aria-pressed": String(app.ui.compare === sample.name), on: { click: () => compare(app, app.ui.compare === sample.name ? null : sample.name) }, "aria-label": `Compare with sample ${sample.name}, ${sample.state}` },
      picture(app, sample.thumbnail, ""), h("span", null, sample.name)));

function compare(app, name) {
  app.ui.compare = name;
  app.changed();
}

// -- while it is made ----------------------------------------------------------------------------------------

/** What is being done, and what waits to be, by what it is about: `segment 3`, `review 3-1`, `intent`. */
function work_words(about, step) {
  const [kind, name] = about.split(" ");
  const [doing, what] = {
    intent: ["Reading your words", "What you said"], sample: ["Filming the sample", "The sample"], plan: ["Writing the plan", "The plan"],
    segment: [`Filming segment ${name}`, `Segment ${name}`], review: [`Looking at take ${name}`, `Take ${name}`],
    last: ["A last look at the film", "The last look"], film: ["Joining the film", "The film"],
  }[kind] ?? [capital(about), capital(about)];
  return step?.note ? `${what} waits for the GPU` : doing;
}

function at_work(app) {
  const { studio } = app;
  const { shown } = studio;
  // What gets on goes before what waits, and filming before all else; then what was heard of last.
  const rank = (one) => (one.note ? 2 : one.service === "creator" ? 0 : 1);
  const steps = [...(studio.at ? [] : studio.steps)].sort(([, a], [, b]) => rank(a) - rank(b) || b.told - a.told);
  const [about, step] = steps[0] ?? [null, null];
  const size = shown.plan?.crop ?? shown.samples.at(-1)?.size ?? { width: 16, height: 9 };
  const poster = last_poster(shown);
  const palette = shown.plan?.palette ?? [];
  return h("figure", { class: `screen working ${step?.preview || poster ? "" : "bare"}`, key: "working", style: { "--aspect": aspect_of(size), "--from": palette[0] ?? "#2b2019", "--over": palette[Math.floor(palette.length / 2)] ?? "#7a3c16", "--to": palette.at(-1) ?? "#e2a266" } },
    step?.preview ? h("img", { key: "preview", src: step.preview, alt: `${capital(about)}, as far as it is rendered` }) : poster && picture(app, poster, "The last one that is there", { key: "poster", class: "still" }),
    h("div", { class: "working-words" },
      h("p", null, step ? work_words(about, step) : shown.status.says),
      step && meter(step, capital(about)),
      shown.estimate && !step && h("p", { class: "aside" }, `${capital(left_s(shown.estimate.left_s))} left, going by ${shown.estimate.measured_on}.`)),
    rough_button(app));
}

function last_poster(shown) {
  const takes = shown.segments.flatMap((one) => one.takes).filter((one) => one.poster);
  return takes.sort((a, b) => b.ordinal - a.ordinal)[0]?.poster ?? shown.samples.filter((one) => one.poster).at(-1)?.poster ?? null;
}

const shown_takes = (shown) => shown.segments.map((one) => one.takes.find((take) => take.is_shown)).filter(Boolean);

function rough_button(app) {
  const there = shown_takes(app.studio.shown).length;
  return there > 0 && h("div", { class: "rough" }, button(`Play what is there (${there} of ${app.studio.shown.segments.length})`, () => {
    app.ui.rough = { index: 0 };
    app.changed();
  }, { kind: "on-screen", sign: "play" }));
}

/** The accepted takes one after the other: not the film yet, but to be seen before it is paid for. */
function rough_cut(app) {
  const { shown } = app.studio;
  const there = shown_takes(shown);
  const close = () => {
    app.ui.rough = null;
    app.changed();
  };
  const take = there[Math.min(app.ui.rough.index, there.length - 1)];
  if (!take) return null;
  const next = () => {
    if (app.ui.rough.index + 1 >= there.length) return close();
    app.ui.rough.index += 1;
    app.changed();
  };
  return h("figure", { class: "screen", key: "rough", style: { "--aspect": aspect_of(shown.plan.crop) } },
    clip(app, take.clip, take.poster, `Take ${take.name}`, { autoplay: true, controls: true, prop: { muted: true }, on: { ended: next } }),
    h("figcaption", null, `Segment ${take.segment}, take ${take.take} · ${there.indexOf(take) + 1} of ${there.length} that are there`, button("Stop", close, { kind: "quiet" })));
}

// -- the film ------------------------------------------------------------------------------------------------

function film(app) {
  const { shown } = app.studio;
  const size = { width: shown.film.width ?? 16, height: shown.film.height ?? 9 };
  return h("figure", { class: "screen", key: `film ${shown.film.cut}`, style: { "--aspect": aspect_of(size) } },
    clip(app, shown.film.link, shown.film.poster, `${shown.title}, the film`, { id: "film", controls: true, preload: "metadata" }),
    !shown.film.is_current && h("figcaption", null, `Cut ${shown.film.cut}; a newer one is in the making.`));
}

function film_facts(app, made) {
  const { shown } = app.studio;
  const flagged = made.takes.filter((one) => one.is_flagged).length;
  return h("div", { class: "film-facts-row" },
    h("p", null, [`Cut ${made.cut}`, length_s(made.duration_s), `${made.width}×${made.height}`, bytes(made.size_bytes), flagged ? `${count(flagged, "segment")} kept without approval` : null].filter(Boolean).join(" · ")),
    h("div", { class: "row" },
      h("a", { class: "button strong", href: app.media.src(`${made.link}&download`), download: `${shown.id}.mp4` }, "Download the film"),
      h("a", { class: "button", href: app.media.src(made.sheet), target: "_blank", rel: "noopener" }, "Contact sheet"),
      h("a", { class: "button quiet", href: app.media.src(made.manifest), target: "_blank", rel: "noopener" }, "How it was made"),
      !app.studio.at && fork_button(app, "Fork it", "quiet"),
      !app.studio.at && button("Make it again", () => make_again(app), { kind: "quiet", sign: "again", title: "Render its recorded orders afresh, and hold the film against this one" })),
    trouble(app.ui.again?.problem));
}

async function make_again(app) {
  try {
    await (await app.load("fork")).again(app);
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    app.ui.again = { problem: error };
    app.changed();
  }
}

// -- where it waits for words, or can't go on ------------------------------------------------------------------------------------

function question(app) {
  const { studio } = app;
  const { question: asked } = studio.shown;
  const go_on = () => studio.act("answer", studio.view.links.answer, {});
  return h("div", { class: "halt asking" },
    h("h3", null, asked.text), asked.why && h("p", null, asked.why),
    h("p", { class: "help" }, "Answer in the conversation."),
    asked.assumed && studio.can("answer") && button(`Go on: ${asked.assumed}`, go_on, { busy: studio.busy.has("answer") }),
    trouble(studio.problems.get("answer"), () => studio.forgive("answer")));
}

function problem(app) {
  const { studio } = app;
  const { shown } = studio;
  const { status } = shown;
  const open = shown.stalls.filter((one) => !one.is_resumed);
  const resume = (stall) => studio.act(`resume ${stall ?? ""}`, studio.view.links.resume, stall ? { stall } : {});
  if (status.name !== "stalled" || !open.length) {
    return h("div", { class: `halt ${status.name}` }, h("h3", null, HALTS[status.name]), h("p", null, coded(sentence(status.says))), status.help && h("p", { class: "help" }, coded(status.help)));
  }
  return h("div", { class: "halt stalled" },
    h("h3", null, open.length > 1 ? `${open.length} problems wait for you` : "This waits for you"),
    h("ul", null, open.map((one) =>
      h("li", { key: one.number },
        h("p", { class: "aside" }, work_words(one.about)),
        h("p", null, h("strong", null, sentence(one.what)), one.why && ` ${sentence(one.why)}`),
        h("p", { class: "help" }, coded(one.help)),
        studio.can("resume") && button("Try again", () => resume(one.number), { kind: "strong", sign: "again", busy: studio.busy.has(`resume ${one.number}`), "data-act": "resume" }),
        trouble(studio.problems.get(`resume ${one.number}`))))),
    open.length > 1 && studio.can("resume") && button("Try all of them again", () => resume(null), { sign: "again" }));
}

const HALTS = { stalled: "This waits for you", outdated: "A newer Kindling wrote on this", refused: "The content policy refuses this", failed: "It can’t be made", cancelled: "Called off", deleted: "Removed: only its log is left" };
