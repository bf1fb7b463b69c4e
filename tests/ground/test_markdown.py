"""Markdown as people write it, HTML that cannot hurt."""

import re

import pytest

from hackathon.ground.markdown import markdown


@pytest.mark.parametrize(
    "text, html",
    [
        ("# One", "<h2>One</h2>\n"),
        ("##### Five\n\n###### Six", "<h6>Five</h6>\n<h6>Six</h6>\n"),
        ("> # In a quote", "<blockquote>\n<h2>In a quote</h2>\n</blockquote>\n"),
        ("*a* **b** ~~c~~ `d`", "<p><em>a</em> <strong>b</strong> <s>c</s> <code>d</code></p>\n"),
        ("one\ntwo", "<p>one<br>\ntwo</p>\n"),
        ("- a\n- b", "<ul>\n<li>a</li>\n<li>b</li>\n</ul>\n"),
        (
            "[site](https://example.org/?a=1&b=2)",
            '<p><a href="https://example.org/?a=1&amp;b=2" rel="noopener nofollow">site</a></p>\n',
        ),
        (
            "[mail](mailto:a@b.example)",
            '<p><a href="mailto:a@b.example" rel="noopener nofollow">mail</a></p>\n',
        ),
        ("", ""),
        (None, ""),
    ],
)
def test_what_people_write(text: str | None, html: str) -> None:
    assert markdown(text) == html


def test_tables() -> None:
    html = markdown("| a | b |\n|:-:|--:|\n| 1 | 2 |")
    assert re.findall(r"<(\w+)([^>]*)>", html) == [
        (tag, "") for tag in ("table", "thead", "tr", "th", "th", "tbody", "tr", "td", "td")
    ]


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "<a href='javascript:alert(1)'>x</a>",
        "[x](javascript:alert(1))",
        "[x](JaVaScRiPt:alert(1))",
        "[x](java&#x73;cript:alert(1))",
        "[x](data:text/html;base64,PHNjcmlwdD4=)",
        "[x](vbscript:x)",
        "![tracker](https://evil.example/pixel.png)",
        "[![x](https://evil.example/p.png)](https://example.org)",
        '<https://example.org/"onmouseover=alert(1)>',
        "[x](https://example.org 'title\" onclick=\"alert(1)')",
        "<style>body{display:none}</style>",
        "<svg/onload=alert(1)>",
        "<iframe src='https://evil.example'></iframe>",
        "```html\n<script>alert(1)</script>\n```",
        "[x]: javascript:alert(1)\n\n[x]",
    ],
)
def test_nothing_that_hurts_gets_through(text: str) -> None:
    html = markdown(text)
    tags = re.findall(r"<(\w+)((?:\s+[^\s=>]+(?:=\"[^\"]*\")?)*)\s*/?>", html)
    assert {tag for tag, _ in tags} <= {"p", "a", "pre", "code"}
    for _, attributes in tags:
        names = dict(re.findall(r"([\w-]+)=\"([^\"]*)\"", attributes))
        assert set(names) <= {"href", "rel", "title"}
        assert names.get("href", "https:").startswith("https:")
