// One production: the conversation on one side, the film on the other, the log along the foot.

import { board } from "./board.js";
import { brief } from "./brief.js";
import { charts } from "./charts.js";
import { h } from "./dom.js";
import { log } from "./log.js";
import { stage } from "./stage.js";
import { talk } from "./talk.js";

// On a phone there is room for one of them at a time.
const TABS = { film: "Film", talk: "Conversation", log: "Log" };

export const room = (app, { shown } = app.studio) => [
  h("div", { class: "tabs", key: "tabs", role: "group", "aria-label": "What to see" }, Object.entries(TABS).map(([name, words]) =>
    h("button", { key: name, type: "button", "aria-pressed": String(app.ui.tab === name), on: { click: () => { app.ui.tab = name; app.changed(); } } }, words))),
  h("div", { class: "room", key: "room" },
    talk(app),
    h("div", { class: "film-side" },
      h("div", { class: "film-scroll", tabindex: "-1" },
        brief(app), stage(app), board(app), app.ui.segment && app.part("takes")?.takes(app), shown.links.comparison && app.part("fork")?.comparison(app), charts(app))),
    log(app)),
];
