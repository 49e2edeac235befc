// A segment's prompt, and editing it: the plan is changed as a whole, and only if nobody else changed it meanwhile.

import { Problem } from "./client.js";
import { h } from "./dom.js";
import { button, trouble } from "./parts.js";

/** @param beside what else can be done about the segment. */
export function prompt(app, segment, beside) {
  const { studio } = app;
  const name = `prompt ${segment.id}`;
  const draft = app.ui.forms[name];
  if (draft) return editor(app, segment, name, draft);
  return h("div", { class: "prompt" },
    h("h3", null, "Prompt"), h("p", null, segment.prompt),
    segment.negative && h("details", null, h("summary", null, "What is kept out"), h("p", null, segment.negative)),
    h("div", { class: "row" }, studio.can("edit") && button("Edit the prompt", () => open(app, segment, name), { sign: "edit", "data-act": "edit" }), beside),
    trouble(studio.problems.get(name), () => studio.forgive(name)));
}

function open(app, segment, name) {
  // The revision that was read is the one that may be changed.
  app.ui.forms[name] = { prompt: segment.prompt, negative: segment.negative, revision: app.studio.view.plan.revision };
  app.changed();
}

function close(app, name) {
  delete app.ui.forms[name];
  app.studio.forgive(name);
}

function editor(app, segment, name, draft) {
  const { studio } = app;
  const now = studio.view.plan.revision;
  const submit = (event) => {
    event.preventDefault();
    save(app, segment, name, draft);
  };
  const field = (key, label, rows) =>
    h("label", null, h("span", null, label), h("textarea", { rows, required: key === "prompt", prop: { value: draft[key] }, on: { input: (event) => (draft[key] = event.target.value) }, "data-field": key }));
  return h("form", { class: "ask prompt-editor", key: name, on: { submit, keydown: (event) => event.key === "Escape" && close(app, name) } },
    field("prompt", "Prompt", "5"), field("negative", "What is kept out", "3"),
    draft.revision !== now && h("div", { class: "trouble mild", role: "alert" }, h("div", null,
      h("p", null, `The plan was changed meanwhile: it is revision ${now}, and you began with ${draft.revision}.`),
      h("p", { class: "help" }, "Your words are kept here. This segment’s prompt is now:"), h("blockquote", null, segment.prompt),
      button("Put mine into the new plan", () => { draft.revision = now; studio.forgive(name); }))),
    trouble(studio.problems.get(name), () => studio.forgive(name)),
    h("div", { class: "row" },
      h("button", { type: "submit", class: "button strong", disabled: studio.busy.has(name) || draft.revision !== now }, "Change the plan"),
      button("Never mind", () => close(app, name), { kind: "quiet" })),
    h("p", { class: "aside" }, "Takes that were made for the old prompt stay to be seen; this segment, and what continues it, is made anew."));
}

async function save(app, segment, name, draft) {
  const { studio } = app;
  const { plan } = studio.view;
  try {
    const whole = await app.client.get(`${plan.link}?revision=${draft.revision}`);
    const segments = whole.segments.map((one) => (one.id === segment.id ? { ...one, prompt: draft.prompt.trim(), negative: draft.negative.trim() } : one));
    const isDone = await studio.act(name, plan.link, { ...whole, segments }, { method: "PUT", headers: { "if-match": `"${draft.revision}"` } });
    if (isDone) close(app, name);
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    studio.problems.set(name, error);
    app.changed();
  }
}
