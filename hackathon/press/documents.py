"""The press pack as files: a text in each language, as Markdown and as HTML, pictures and logos."""

import re
from collections.abc import Iterator

from flask import render_template
from flask_babel import force_locale

from ..ground.i18n import LOCALES
from ..ground.markdown import markdown
from ..ground.packing import Part
from ..news.actions import slug_of
from .queries import Release

NAMES = {"en": "press-release", "fr": "communique"}
MARKS = re.compile(r"[\\`*_\[\]<>~|]|^[#+\-=]")
NUMBERED = re.compile(r"^(\d+)(?=[.)])")  # a list


def plain(text: object) -> str:
    """One line that Markdown takes as it stands: what people typed becomes no markup.

    Only what could become some is escaped, since the text is read as it is, too.
    """
    line = " ".join(str(text).split())
    return NUMBERED.sub(r"\1\\", MARKS.sub(r"\\\g<0>", line))


def pictures_of(release: Release) -> list[tuple[str, str]]:
    """(name in the pack, SHA-256 of our own copy) of each picture, numbered by project."""
    return [
        (f"pictures/{number:02}-{slug_of(entry.project.team.name)[:40]}.webp", file["drawn"])
        for number, (entry, file) in enumerate(release.pictures, 1)
    ]


def text_of(release: Release) -> str:
    """Markdown, in the language being spoken."""
    text = render_template(
        "press/release.txt",
        release=release,
        pictures=_told(release),
        plain=plain,
    )
    return re.sub(r"\n{3,}", "\n\n", text).strip() + "\n"


def page_of(release: Release, language: str) -> str:
    """HTML that is read without this site."""
    return render_template(
        "press/document.html",
        release=release,
        language=language,
        body=markdown(text_of(release)),
        pictures=_told(release),
    )


def parts_of(release: Release) -> Iterator[Part]:
    """What stands in the ZIP. The texts are made at once, before anything is sent."""
    texts: list[Part] = []
    for language, name in NAMES.items():
        with force_locale(LOCALES[language]):
            texts.append((f"{name}.md", text_of(release).encode()))
            texts.append((f"{name}.html", page_of(release, language).encode()))
    files: list[Part] = list(pictures_of(release))
    files += [
        (f"logos/{number:02}-{slug_of(logo.name.in_('en'))[:40]}.webp", logo.drawn)
        for number, logo in enumerate(release.logos, 1)
    ]
    return iter([*texts, *files])


def _told(release: Release) -> list[tuple[str, object, dict[str, object]]]:
    """(name, entry, file) of each picture."""
    names = [name for name, _ in pictures_of(release)]
    return [
        (name, entry, file) for name, (entry, file) in zip(names, release.pictures, strict=True)
    ]
