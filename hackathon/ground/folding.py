"""Text as it is compared and sorted, where neither case nor accents count."""

import unicodedata


def folded(text: str) -> str:
    """Without case, accents or forms of letters: `Élan` and `ELAN` are one."""
    apart = unicodedata.normalize("NFKD", text.casefold())
    return "".join(c for c in apart if not unicodedata.combining(c)).casefold()
