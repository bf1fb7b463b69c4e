"""A public project told to machines: to search engines, and to whoever shows a link to it."""

from typing import Any

from flask import current_app, url_for

from ..competitions.models import Competition
from ..ground.i18n import LOCALES, language
from ..results.queries import Project

# Where the text of a licence stands; those without an address have no entry.
LICENCE_ADDRESSES = {
    "CC-BY-4.0": "https://creativecommons.org/licenses/by/4.0/",
    "CC-BY-SA-4.0": "https://creativecommons.org/licenses/by-sa/4.0/",
    "CC0-1.0": "https://creativecommons.org/publicdomain/zero/1.0/",
    "MIT": "https://spdx.org/licenses/MIT.html",
    "Apache-2.0": "https://spdx.org/licenses/Apache-2.0.html",
    "BSD-3-Clause": "https://spdx.org/licenses/BSD-3-Clause.html",
    "MPL-2.0": "https://spdx.org/licenses/MPL-2.0.html",
    "GPL-3.0-or-later": "https://spdx.org/licenses/GPL-3.0-or-later.html",
    "AGPL-3.0-or-later": "https://spdx.org/licenses/AGPL-3.0-or-later.html",
}


def whole(endpoint: str, **things: Any) -> str:
    """The address with its host, in the language being spoken."""
    return f"{current_app.config['BASE_URL']}{url_for(endpoint, **things)}"


def picture_to_share(project: Project, competition: Competition) -> str:
    """The cover's address; empty without one, or where a warning comes before the pictures."""
    if project.cover is None or project.warning:
        return ""
    return whole(
        "gallery.picture",
        competition=competition,
        submission=project.submission,
        file=project.cover["sha256"],
    )


def card_of(
    title: Any, description: Any, address: str, image: str = "", alt: str = ""
) -> dict[str, str]:
    """The properties of Open Graph by which a link is drawn as a card."""
    others = [locale for code, locale in LOCALES.items() if code != language()]
    told = {
        "og:type": "website",
        "og:site_name": current_app.config["SETTINGS"].site_name,
        "og:title": str(title),
        "og:description": str(description),
        "og:url": address,
        "og:locale": LOCALES[language()],
        "og:locale:alternate": ", ".join(others),
        "og:image": image,
        "og:image:alt": alt if image else "",
    }
    return {name: text for name, text in told.items() if text}


def described(project: Project, competition: Competition) -> dict[str, Any]:
    """The project in the words of schema.org, for JSON-LD."""
    repository = dict(project.links).get("repository", "")
    told = {
        "@context": "https://schema.org",
        "@type": "SoftwareSourceCode" if repository else "CreativeWork",
        "name": project.title,
        "description": project.summary,
        "inLanguage": project.language,
        "url": whole("gallery.project", competition=competition, submission=project.submission),
        "image": picture_to_share(project, competition),
        "codeRepository": repository,
        "datePublished": project.version.created_at.date().isoformat(),
        "license": LICENCE_ADDRESSES.get(project.version.content.get("licence", ""), ""),
        "author": {"@type": "Organization", "name": project.team.name},
        "about": str(project.challenge.title),
        "isPartOf": {
            "@type": "Event",
            "name": str(competition.name),
            "url": whole("desk.front", competition=competition),
        },
    }
    return {name: value for name, value in told.items() if value}
