"""No text typed by anyone is ever lost without being shown."""

from dataclasses import dataclass, field

from hypothesis import given
from hypothesis import strategies as st

from hackathon.ground.merging import Conflict, fingerprint, merged, together, written

NAMES = ("title", "summary")
# Few words, so that people often write the same and come back to earlier words.
words = st.sampled_from(["", "a", "b", "c", "a\n\nb"])


@dataclass
class Writer:
    """Someone with the form open: what stands in it, what it began from, what they have seen."""

    texts: dict[str, str]
    bases: dict[str, str]
    seen: dict[str, set[str]] = field(default_factory=dict)

    def see(self, name: str, text: str) -> None:
        self.seen.setdefault(name, set()).add(text)


def opens(saved: dict[str, str]) -> Writer:
    writer = Writer(dict(saved), {name: fingerprint(text) for name, text in saved.items()})
    for name, text in saved.items():
        writer.see(name, text)
    return writer


deeds = st.lists(
    st.tuples(
        st.integers(0, 2),  # who
        st.sampled_from(["type", "save", "reopen", "mine", "theirs", "together"]),
        st.sampled_from(NAMES),
        words,
    ),
    max_size=40,
)


@given(st.fixed_dictionaries({name: words for name in NAMES}), deeds)
def test_no_saved_words_go_that_the_writer_has_not_seen(
    begun: dict[str, str], deeds: list[tuple[int, str, str, str]]
) -> None:
    saved = dict(begun)
    writers = [opens(saved) for _ in range(3)]
    for who, deed, name, text in deeds:
        writer = writers[who]
        if deed == "type":
            writer.texts[name] = text
        elif deed == "reopen":
            writers[who] = opens(saved)
        else:
            before, typed = dict(saved), dict(writer.texts)
            outcome = merged(saved, writer.texts, writer.bases)
            saved |= outcome.taken
            for field_name in NAMES:
                mine = typed[field_name]
                if saved[field_name] != before[field_name]:
                    # Overwritten: only what this very writer had in front of them.
                    assert before[field_name] in writer.seen[field_name]
                    assert saved[field_name] == mine
                elif saved[field_name] != mine and fingerprint(mine) != writer.bases[field_name]:
                    # Not taken although they wrote something: then both are shown.
                    assert outcome.conflicts[field_name] == Conflict(mine, before[field_name])
            choose(writer, deed, saved, outcome.conflicts)


def choose(
    writer: Writer, deed: str, saved: dict[str, str], conflicts: dict[str, Conflict]
) -> None:
    """The page that comes back: fresh, and beside each conflict the choice that was made."""
    for name in NAMES:
        writer.see(name, saved[name])
        writer.bases[name] = fingerprint(saved[name])
        if name not in conflicts or deed == "theirs":
            writer.texts[name] = saved[name]
        elif deed == "together":
            writer.texts[name] = together(conflicts[name])


@given(words, words, words)
def test_a_field_goes_by_itself(base: str, mine: str, theirs: str) -> None:
    others = {"title": "x", "summary": theirs}
    outcome = merged(
        others,
        {"title": "y", "summary": mine},
        {"title": fingerprint("x"), "summary": fingerprint(base)},
    )
    assert outcome.taken["title"] == "y"
    assert ("summary" in outcome.conflicts) == (mine != theirs and mine != base and theirs != base)


@given(words, words)
def test_the_choice_goes_through_unless_a_third_version_came(mine: str, theirs: str) -> None:
    base = {"title": fingerprint(theirs)}
    assert {"title": theirs} | merged({"title": theirs}, {"title": mine}, base).taken == {
        "title": mine
    }
    third = merged({"title": "third"}, {"title": mine}, base)
    assert third.taken == {}
    assert third.conflicts == ({} if mine == theirs else {"title": Conflict(mine, "third")})


keys = st.lists(st.sampled_from(["a", "b", "c"]), unique=True)


@given(keys, keys, keys)
def test_choices_are_merged_in_whatever_order(base: list, mine: list, theirs: list) -> None:
    outcome = merged({"q": theirs}, {"q": mine}, {"q": fingerprint(base[::-1])})
    untouched = set(mine) in (set(base), set(theirs))
    assert outcome.taken == ({"q": mine} if not untouched and set(theirs) == set(base) else {})
    assert bool(outcome.conflicts) == (not untouched and set(theirs) != set(base))


def test_every_value_has_one_text() -> None:
    texts = {
        "": (None, "", []),
        "yes": (True,),
        "no": (False,),
        "a\nb": (["a", "b"], ["b", "a"], "a\nb"),
        "12.5": (12.5, "12.5"),
        "1000000000000": (1_000_000_000_000,),
        "0.000001": (0.000001,),
        '{"a": 1, "b": 2}': ({"b": 2, "a": 1},),
    }
    for text, values in texts.items():
        assert [written(value) for value in values] == [text] * len(values)
        assert {fingerprint(value) for value in values} == {fingerprint(text)}


def test_without_a_base_only_an_empty_field_is_taken() -> None:
    assert merged({"title": ""}, {"title": "a"}, {}).taken == {"title": "a"}
    assert merged({"title": "b"}, {"title": "a"}, {}).conflicts == {"title": Conflict("a", "b")}


@given(words, words)
def test_together_holds_both(mine: str, theirs: str) -> None:
    whole = together(Conflict(mine, theirs))
    assert mine in whole
    assert theirs in whole
