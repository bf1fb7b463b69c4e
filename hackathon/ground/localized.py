"""One value in several languages, in one JSON column."""

from collections.abc import Iterator, Mapping
from typing import Any

from babel import Locale
from flask import g
from flask_babel import get_locale
from markupsafe import Markup, escape
from sqlalchemy import JSON, Dialect
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.types import TypeDecorator

LANGUAGES = ("en", "fr")


def spoken() -> Locale | None:
    """The locale being spoken. Pages ask a thousand times: first where the library keeps it."""
    locale: Locale | None
    try:
        locale = g._flask_babel.babel_locale
    except (AttributeError, RuntimeError):  # not asked yet, or nobody is there to read
        locale = get_locale()
    return locale


def language() -> str:
    """The language being spoken now, in a page or in a letter."""
    locale = spoken()
    return locale.language if locale and locale.language in LANGUAGES else LANGUAGES[0]


class Localized:
    """Text in English and French: `Localized(en="Team", fr="Équipe")`. Immutable.

    `str()` gives the reader's language, or the other one where that is missing.
    """

    __slots__ = ("_texts",)

    def __init__(self, **texts: str | None) -> None:
        if unknown := set(texts) - set(LANGUAGES):
            raise ValueError(f"Not a language of this site: {', '.join(sorted(unknown))}")
        self._texts = {language: texts.get(language) or "" for language in LANGUAGES}

    @classmethod
    def of(cls, texts: Mapping[str, str] | None) -> "Localized":
        return cls(**(texts or {}))

    def __getitem__(self, language: str) -> str:
        return self._texts[language]

    def __getattr__(self, language: str) -> str:
        if language not in LANGUAGES:
            raise AttributeError(language)
        return self._texts[language]

    def __getstate__(self) -> dict[str, str]:
        return self._texts

    def __setstate__(self, state: dict[str, str]) -> None:
        self._texts = state

    def in_(self, language: str) -> str:
        """The text for a reader of `language`, falling back to what there is."""
        return self._texts[language] or next(filter(None, self._texts.values()), "")

    def language_for(self, language: str) -> str:
        """The language that `in_(language)` will speak, to mark it on the page."""
        if self._texts[language]:
            return language
        return next((other for other in LANGUAGES if self._texts[other]), language)

    @property
    def missing(self) -> tuple[str, ...]:
        """The languages that have no text yet."""
        return tuple(language for language in LANGUAGES if not self._texts[language].strip())

    @property
    def complete(self) -> bool:
        return not self.missing

    @property
    def reads_in(self) -> str:
        """The language the reader will see it in."""
        return self.language_for(language())

    def __str__(self) -> str:
        return self.in_(language())

    def __html__(self) -> Markup:
        return escape(str(self))  # Markup, lest Markup.format() escape it once more

    def __bool__(self) -> bool:
        return any(self._texts.values())

    def __iter__(self) -> Iterator[tuple[str, str]]:
        return iter(self._texts.items())

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Localized) and self._texts == other._texts

    def __hash__(self) -> int:
        return hash(tuple(self._texts.items()))

    def __repr__(self) -> str:
        return f"Localized({', '.join(f'{k}={v!r}' for k, v in self)})"


class LocalizedType(TypeDecorator[Localized]):
    """Stores `{"en": …, "fr": …}`; empty when nothing was written."""

    impl = JSON
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> Any:
        return dialect.type_descriptor(JSONB() if dialect.name == "postgresql" else JSON())

    def process_bind_param(self, value: Localized | None, dialect: Dialect) -> Any:
        return None if value is None else dict(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> Localized | None:
        return None if value is None else Localized.of(value)
