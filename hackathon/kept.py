"""Which pages are kept for visitors, and which writes cannot change them: see ground/keeping.py."""

KEPT = (
    "competitions.index",
    "competitions.dates",
    "competitions.challenges",
    "competitions.challenge",
    "competitions.rules",
    "competitions.partners",
    "competitions.documents",
    "desk.front",
    "workshops.index",
    "workshops.show",
    "results.index",
    "gallery.index",
    "gallery.project",
    "news.index",
    "news.show",
    "news.feed",
    "press.show",
)

# What is written all the time and shown on none of these pages. A page that reads one of them all
# the same is not kept; a table that is new counts as shown.
UNSEEN = (
    "sign_in",
    "sign_in_link",
    "letter",
    "journal_entry",
    "upload",
    "scan",
    "submission_answer",
    "review",
    "score",
    "condition_answer",
    "review_change",
    "comparison_visit",
    "comparison_call",
    "voter",
    "ballot",
    "ballot_link",
    "vote",
    "check_look",
    "check_text_mark",
    "check_file_mark",
    "check_link",
    "daily_chore",
    "reminder_round",
    "reminded",
)
DRAFTS = ("submission",)  # what is shown of it are its versions
