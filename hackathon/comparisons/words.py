"""What a judge can say at the end of a visit, as people say it."""

from flask_babel import lazy_gettext as _l

from .models import Word

SAID = {
    Word.SEEN: _l("Seen: the first, with nothing to compare"),
    Word.EARLIER: _l("The one before is better"),
    Word.LATER: _l("This one is better"),
    Word.NEITHER: _l("I cannot say"),
    Word.ABSENT: _l("Skipped: nobody is there"),
    Word.BUSY: _l("Skipped: too busy now"),
    Word.KNOWN: _l("Skipped: seen before"),
    Word.CONFLICT: _l("Skipped: conflict of interest"),
}
