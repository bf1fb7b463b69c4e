"""The words for kinds of findings, many and one, and for how they stand."""

from flask_babel import lazy_gettext as _l

from .models import Kind, Standing

KINDS = {
    Kind.CONSENT: _l("Missing consents"),
    Kind.LINK: _l("Addresses that do not open"),
    Kind.FILE: _l("Files that another submission has too"),
    Kind.TEXT: _l("Texts with passages in common"),
    Kind.AGE: _l("Repositories made long before"),
}
NAMES = {
    Kind.CONSENT: _l("A consent may be missing"),
    Kind.LINK: _l("An address may not open"),
    Kind.FILE: _l("A file that another submission has too"),
    Kind.TEXT: _l("Passages in common"),
    Kind.AGE: _l("A repository made long before"),
}
STANDINGS = {
    Standing.OPEN: _l("To look into"),
    Standing.FOLLOWED: _l("Being followed up"),
    Standing.NOTHING: _l("Looked into, nothing to it"),
}
