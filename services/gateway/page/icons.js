// The few drawings of the page, as paths on a 24 by 24 ground. They stand beside words, never in place of them.

import { h } from "./dom.js";

const PATHS = {
  flame: "M12 3c.6 3.4 4.9 5.2 4.9 10.2A4.9 4.9 0 0 1 12 18.4a4.9 4.9 0 0 1-4.9-5.2c0-2.2 1.2-3.4 1.9-5.1.7 1 1.2 1.6 1.7 2.7C11.7 8.6 12.3 6 12 3Z M6 21h12",
  plus: "M12 5v14M5 12h14",
  picture: "M4 5h16v14H4zM4 16l5-5 4 4 3-3 4 4M15.5 9.5h.01",
  send: "M5 12h13M12 6l6 6-6 6",
  check: "M5 12.5l4.5 4.5L19 7.5",
  cross: "M6 6l12 12M18 6L6 18",
  again: "M19 12a7 7 0 1 1-2-4.9M19 4v4h-4",
  play: "M8 5.5v13l10.5-6.5z",
  edit: "M4 20l1-4L16 5l3 3L8 19zM14 7l3 3",
  warn: "M12 4L2.8 19.5h18.4zM12 10v4.5M12 17h.01",
  download: "M12 4v11M7 10.5l5 5 5-5M5 20h14",
  sheet: "M4 5h16v14H4zM4 12h16M9.3 5v14M14.6 5v14",
  paper: "M7 3h7l4 4v14H7zM14 3v4h4M10 12h5M10 16h5",
  back: "M19 12H6M11 6l-6 6 6 6",
  chip: "M7 7h10v10H7zM10 3.5V7M14 3.5V7M10 17v3.5M14 17v3.5M3.5 10H7M3.5 14H7M17 10h3.5M17 14h3.5",
  clock: "M12 4a8 8 0 1 0 .01 0zM12 8v4.5l3 2",
  fork: "M7 4v7a4 4 0 0 0 4 4h5M7 20v-9M13 11.5l3.5 3.5-3.5 3.5",
  bin: "M5 7h14M10 7V4.5h4V7M7 7l1 13h8l1-13",
  theme: "M12 4a8 8 0 1 0 .01 0zM12 4v16",
};

export const icon = (name) =>
  h("svg", { class: "icon", viewBox: "0 0 24 24", "aria-hidden": "true" }, h("path", { d: PATHS[name] }));

const MOVES = {
  static: "M12 12h.01",
  "push in": "M7.5 9l3 3-3 3M16.5 9l-3 3 3 3",
  "pull out": "M10 9l-3 3 3 3M14 9l3 3-3 3",
  "pan left": "M16 12H8M11 9l-3 3 3 3",
  "pan right": "M8 12h8M13 9l3 3-3 3",
  "tilt up": "M12 15V9M9.5 11.5L12 9l2.5 2.5",
  "tilt down": "M12 9v6M9.5 12.5L12 15l2.5-2.5",
  "track left": "M17 12H8M11 9l-3 3 3 3M17 9.5v5",
  "track right": "M7 12h9M13 9l3 3-3 3M7 9.5v5",
  "crane up": "M12 15V9M9.5 11.5L12 9l2.5 2.5M9 16h6",
};

/** What the camera does, drawn inside its frame. */
export const movement = (name) =>
  h("svg", { class: "icon move", viewBox: "0 0 24 24", "aria-hidden": "true" },
    h("path", { class: "frame", d: "M3.5 6h17v12h-17z" }), h("path", { d: MOVES[name] ?? MOVES.static }));
