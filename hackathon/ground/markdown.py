"""Markdown as people write it, HTML that cannot hurt."""

import nh3
from markdown_it import MarkdownIt
from markupsafe import Markup

_parser = MarkdownIt("commonmark", {"html": False, "breaks": True}).enable(
    ["table", "strikethrough"]
)
_TAGS = {
    *("p", "br", "em", "strong", "s", "ul", "ol", "li", "blockquote", "code", "pre", "hr", "a"),
    *("h2", "h3", "h4", "h5", "h6", "table", "thead", "tbody", "tr", "th", "td"),
}


def links_in(text: str) -> list[str]:
    """The web addresses that the text links to, each once, in its order."""
    found: dict[str, None] = {}
    for token in _parser.parse(text):
        for inner in token.children or ():
            address = str(inner.attrGet("href") or "") if inner.type == "link_open" else ""
            if address.startswith(("http://", "https://")):
                found[address] = None
    return list(found)


def markdown(text: str | None) -> Markup:
    """Sanitized HTML. No pictures: one from another host would tell who reads.

    Headings go one level down, because the page has its own h1.
    """
    tokens = _parser.parse(text or "")
    for token in tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{min(int(token.tag[1]) + 1, 6)}"
    html = _parser.renderer.render(tokens, _parser.options, {})
    return Markup(
        nh3.clean(
            html,
            tags=_TAGS,
            attributes={"a": {"href"}},
            url_schemes={"http", "https", "mailto"},
            link_rel="noopener nofollow",
        )
    )
