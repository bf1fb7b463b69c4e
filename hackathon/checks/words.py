"""The words for kinds and standings, in one place."""

from flask_babel import lazy_gettext as _l

from .models import Kind, Standing

KINDS = {
    Kind.CONSENT: _l("Missing consents"),
    Kind.LINK: _l("Addresses that do not open"),
    Kind.FILE: _l("Files that another submission has too"),
    Kind.TEXT: _l("Texts with passages in common"),
    Kind.AGE: _l("Repositories made long before"),
}
STANDINGS = {
    Standing.OPEN: _l("Open"),
    Standing.FOLLOWED: _l("Being followed up"),
    Standing.NOTHING: _l("Looked into, nothing to it"),
}
