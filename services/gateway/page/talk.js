// The conversation: what the person said, what Kindling understood, asked and made of it; and the box to say more.

import { h } from "./dom.js";
import { ago, change_words, count, length_s, picture_changes, sentence } from "./format.js";
import { icon } from "./icons.js";
import { meaning, SAID } from "./words.js";
import { button, coded, follow_end, picture, picture_button, pictures, send_on_enter, takes_pictures, trouble } from "./parts.js";

export function talk(app) {
  const { studio } = app;
  const draft = `film ${studio.shown.id}`;
  const messages = studio.shownFacts.map((event) => message(app, event)).filter(Boolean);
  return h("section", { class: `talk ${app.ui.drop === draft ? "dropping" : ""}`, "aria-labelledby": "talk-title", on: takes_pictures(app, draft) },
    h("h2", { id: "talk-title", class: "unseen" }, "Conversation"),
    h("ol", { class: "messages", tabindex: "0", "aria-label": "Messages", made: follow_end }, messages),
    composer(app, draft));
}

// -- messages ------------------------------------------------------------------------------------------------

function message(app, event) {
  const { type, fact, is_known } = meaning(event);
  const say = MESSAGES[type];
  if (!say || !is_known) return null;
  const message = say(fact, app, event);
  if (!message) return null;
  const { by, body, tone = "" } = message;
  return h("li", { key: event.id, class: `message ${by} ${tone}` }, body,
    h("button", { type: "button", class: "when", title: "See everything as it was then", on: { click: () => app.look(event.ordinal) } }, ago(event.time, app.now)));
}

const MESSAGES = {
  "production.requested": spoken,
  "production.directed": spoken,
  "sample.redirected": spoken,
  "intent.answered": (fact, app, event) => (fact.words || fact.images?.length ? spoken(fact, app, event) : did("Take what was assumed.")),
  "production.resumed": (fact) => did(`Try again${fact.why ? `: ${fact.why}` : "."}`),
  "production.cancelled": (fact) => did(`Called off${fact.why ? `: ${fact.why}` : "."}`),
  "production.deleted": (fact) => did(`Removed${fact.why ? `: ${fact.why}` : "."}`),
  "production.forked": () => did("Forked: from here on it goes its own way."),
  "production.rewound": (fact) => did(`Made again from ${fact.to === "orders" ? "its recorded orders" : "your words"}.`),
  "sample.approved": (fact) => did(`That’s the vibe. Sample ${fact.brief}-${fact.take} is approved.`),
  "segment.overruled": (fact) => did(`Take ${fact.segment}-${fact.take} ${fact.ruling === "accept" ? "accepted" : "refused"}: ${fact.why}`),
  "intent.parsed": understood,
  "intent.questioned": (fact) => told([h("p", null, fact.text), fact.why && h("p", { class: "aside" }, fact.why)], "asks"),
  "production.refused": (fact) => told([h("p", null, `The content policy refuses this. ${fact.why}`), h("p", { class: "aside" }, fact.help)], "bad"),
  "sample.rendered": sampled,
  "sample.failed": (fact) => told([h("p", null, `The sample could not be rendered. ${fact.failure.what}`), h("p", { class: "aside" }, coded(fact.failure.help))], "bad"),
  "plan.written": (fact) => told([h("p", null, `The plan: ${count(fact.plan.segments.length, "segment")}, ${length_s(fact.plan.frame_count / fact.plan.fps)}.`), remarks(fact)]),
  "plan.revised": (fact) => told([h("p", null, `Plan ${fact.number}.`), listed(fact.changes), remarks(fact)]),
  "segment.kept": (fact) => told(h("p", null, `Take ${fact.segment}-${fact.take} is kept, flagged: ${sentence(fact.why)}`), "warn"),
  "production.reviewed": (fact) => (fact.findings.some((one) => one.outcome !== "unobserved") ? told(h("p", null, SAID["production.reviewed"](fact)[0])) : null),
  "production.stalled": (fact) => told([h("p", null, `${sentence(fact.problem.what)} ${fact.problem.why}`), h("p", { class: "aside" }, coded(fact.problem.help))], "bad"),
  "production.failed": (fact) => told([h("p", null, `It can’t be made. ${sentence(fact.problem.what)} ${fact.problem.why}`), h("p", { class: "aside" }, coded(fact.problem.help))], "bad"),
  "production.done": (fact) => told(h("p", null, `The film is done: ${length_s(fact.duration_s)}${fact.number > 1 ? `, cut ${fact.number}` : ""}.`), "good"),
};

const told = (body, tone) => ({ by: "kindling", body, tone });
const did = (words) => ({ by: "person did", body: h("p", null, icon("check"), words) });
const listed = (lines) => Boolean(lines?.length) && h("ul", null, lines.map((line, index) => h("li", { key: index }, line)));
const remarks = (fact) => listed(fact.remarks);

function spoken(fact, app, event) {
  const known = app.studio.view.conversation.find((one) => one.ordinal === event.ordinal);
  return {
    by: "person",
    tone: known?.is_refused ? "refused" : "",
    body: [
      known?.images.length ? h("div", { class: "given" }, known.images.map((one, index) => picture(app, one.thumbnail, `Picture ${index + 1} that came with these words`, { key: one.link }))) : null,
      h("p", null, fact.words),
      known?.is_refused && h("p", { class: "aside" }, "Refused; it takes no part in what follows."),
    ],
  };
}

function understood(fact, app) {
  const { brief } = fact;
  const changes = (fact.changes ?? []).flatMap((one) => (one.field === "images" ? pictures_changed(app, one) : [change_words(one)]));
  const made = fact.made.by === "rules" ? fact.made.why : `Read by ${fact.made.model ?? fact.made.by}.`;
  return told([
    fact.reply && h("p", null, fact.reply),
    h("p", null, changes.length ? "Understood. What changes:" : `Understood: ${brief.logline}`),
    listed(changes), remarks(fact),
    made && h("p", { class: "aside" }, made),
  ]);
}

/** What became of each picture, with the picture where it is there. */
function pictures_changed(app, change) {
  const given = app.studio.view.conversation.flatMap((one) => one.images);
  return picture_changes(change.was, change.now).map(({ words, digest }) => {
    const one = digest && given.find((image) => image.digest.startsWith(digest));
    return one ? [words, picture(app, one.thumbnail, "", { class: "changed-picture" })] : words;
  });
}

function sampled(fact, app) {
  const name = `${fact.brief}-${fact.take}`;
  const one = app.studio.view.samples.find((sample) => sample.name === name);
  const show = () => {
    Object.assign(app.ui, { compare: name, tab: "film" });
    app.changed();
  };
  return told([
    h("p", null, `Sample ${name} is there. Is this the vibe?`),
    one?.thumbnail && h("button", { type: "button", class: "sample-thumb", on: { click: show }, "aria-label": `Show sample ${name}` }, picture(app, one.thumbnail, ""), icon("play")),
  ]);
}

// -- saying more ---------------------------------------------------------------------------------------------

/** What words would be now: an answer, a redirection of the sample, or something more. */
function mode_of(studio) {
  if (studio.can("answer")) return { act: "answer", label: "Your answer", hint: "Your answer …", verb: "Answer" };
  if (studio.can("redirect")) return { act: "redirect", label: "What to change about the sample", hint: "Darker, at night, closer to her face …", verb: "Change it" };
  if (studio.can("say")) return { act: "messages", label: "Say something more", hint: hint_of(studio.view), verb: "Say it" };
  return null;
}

function hint_of({ status, plan }) {
  if (!plan) return "At night, in the rain, 20 seconds …";
  return status.name === "done" ? "Make it 30 seconds. Segment 2 closer. What still fits is kept." : "Segment 3 closer, and slower …";
}

function composer(app, draft) {
  const { studio, drafts } = app;
  if (studio.at) return h("p", { class: "composer closed" }, "This is the past. To say something, go back to now.");
  const mode = mode_of(studio);
  if (!mode) return closed(app);
  const words = drafts.text(draft);
  const submit = (event) => {
    event.preventDefault();
    say(app, mode, draft);
  };
  return h("form", { class: "composer", on: { submit } },
    h("label", { class: "unseen", for: "more" }, mode.label),
    h("textarea", {
      id: "more", rows: "2", maxlength: "8000", placeholder: mode.hint, prop: { value: words },
      on: { input: (event) => { drafts.write(draft, event.target.value); app.changed(); }, keydown: send_on_enter },
    }),
    pictures(app, draft),
    h("div", { class: "row" },
      picture_button(app, draft),
      h("button", { type: "submit", class: "button strong", disabled: studio.busy.has("say") || !words.trim() }, h("span", null, mode.verb), icon("send"))),
    h("p", { class: "drop-hint", "aria-hidden": "true" }, "Drop the picture here"),
    trouble(studio.problems.get("say"), () => studio.forgive("say")));
}

async function say(app, mode, draft) {
  const { studio, drafts } = app;
  const words = drafts.text(draft).trim();
  const images = drafts.images(draft);
  if (!words) return;
  const seen = mode.act === "redirect" && studio.view.status.sample ? { sample: studio.view.status.sample } : {};
  let body = { words, ...seen };
  if (images.length) {
    body = new FormData();
    for (const [name, value] of Object.entries({ words, ...seen })) body.set(name, value);
    for (const file of images) body.append("images", file, file.name);
  }
  const heard = studio.revision;
  if (await studio.act("say", studio.view.links[mode.act], body)) return drafts.clear(draft);
  // Where the answer was lost, the log tells whether the words arrived.
  if (studio.problems.get("say")?.isAway) studio.unsure = { words, heard, settle: () => drafts.clear(draft) };
}

/** What an ended production offers: the same words, for another film. */
function closed(app) {
  const { view } = app.studio;
  const again = () => {
    app.drafts.write("start", view.words);
    app.go(null);
  };
  return h("div", { class: "composer closed" }, h("p", null, sentence(view.status.says)), button("Another film from these words", again, { sign: "again" }));
}
