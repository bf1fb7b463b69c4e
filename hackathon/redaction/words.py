"""What is called what at the desk."""

from flask_babel import lazy_gettext as _l

from .giveaways import Kind

KINDS = {
    Kind.ADDRESS: _l("Email address"),
    Kind.LINK: _l("Web address"),
    Kind.HANDLE: _l("Handle"),
    Kind.TEAM: _l("Name of the team"),
    Kind.ORGANIZATION: _l("Organization"),
    Kind.NAME: _l("Name of a person"),
}
