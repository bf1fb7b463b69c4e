// Everything works without this file. It speaks no word of its own: words come from data attributes
// that the templates fill, and from Intl in the page's language.
import "./countdown.js";
import "./local-time.js";
import "./forms.js";
import "./copy.js";
import "./menus.js";
import "./passkeys.js";
import "./questions.js";
import "./refresh.js";
import "./kept.js";
import "./draft.js";
import "./review.js";
import "./unsent.js";
import "./steady.js";
import "./uploads.js";
