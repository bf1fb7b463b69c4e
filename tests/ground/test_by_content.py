"""What is made of content that never changes is made once."""

from hackathon.ground.by_content import Made


def test_the_same_content_makes_the_same_thing_and_the_oldest_goes() -> None:
    made: Made[list[str]] = Made(2)
    calls: list[str] = []

    def of(digest: str) -> list[str]:
        return made.of(digest, lambda: calls.append(digest) or [digest])  # type: ignore[func-returns-value]

    assert of("a") is of("a")
    of("b")
    assert calls == ["a", "b"]
    of("c")
    assert of("b") == ["b"]
    assert calls == ["a", "b", "c"]
    assert of("a") == ["a"]
    assert calls == ["a", "b", "c", "a"]
