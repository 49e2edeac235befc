// Where a production stands, in a word and a colour.

import { h } from "./dom.js";
import { capital } from "./format.js";

export const AT_WORK = new Set(["understanding", "sampling", "planning", "making", "stitching"]);
const NAMES = {
  understanding: "Reading", asking: "Asks you", sampling: "Sampling", awaiting_approval: "Your word", planning: "Planning",
  making: "Filming", stitching: "Joining", done: "Done", stalled: "Needs you", outdated: "Needs an update", refused: "Refused", cancelled: "Called off",
  failed: "Failed", deleted: "Removed",
};

export const status_pill = (status) =>
  h("span", { class: `pill ${status.name}`, "data-work": AT_WORK.has(status.name) }, h("i", { "aria-hidden": "true" }), NAMES[status.name] ?? capital(status.name));
