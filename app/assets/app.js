// The behaviour of every page. Pages work without it as far as they can; it makes work shorter.
import "@tabler/core/js/src/bootstrap/collapse";
import "@tabler/core/js/src/bootstrap/dropdown";
import "@tabler/core/js/src/bootstrap/offcanvas";
import htmx from "htmx.org";
import * as checkin from "./checkin.js";
import * as copy from "./copy.js";
import * as days from "./days.js";
import * as desk from "./desk.js";
import * as dialogs from "./dialogs.js";
import * as draft from "./draft.js";
import * as forms from "./forms.js";
import * as frame from "./frame.js";
import * as keys from "./keys.js";
import * as lists from "./lists.js";
import * as relations from "./relations.js";
import * as rows from "./rows.js";
import * as search from "./search.js";
import * as selects from "./selects.js";
import * as show from "./show.js";

// Nothing of a page is kept in the browser, and no attribute is code.
Object.assign(htmx.config, {
  allowEval: false,
  attributesToSettle: ["class"],
  historyCacheSize: 0,
  includeIndicatorStyles: false,
  refreshOnHistoryMiss: true,
  selfRequestsOnly: true,
});

// A feature prepares an element that is new on the page, once.
const FEATURES = [draft, dialogs, frame, lists, search, rows, selects, relations, days, forms, show, keys, desk, checkin, copy];

function start(root) {
  for (const feature of FEATURES) feature.start(root);
}

document.addEventListener("htmx:load", (event) => start(event.detail.elt));
