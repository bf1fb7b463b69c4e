"""What two texts have in common: found where it is, not found where it is not."""

from hypothesis import given
from hypothesis import strategies as st

from hackathon.checks.similar import (
    PASSAGE,
    SHINGLE,
    WINDOW,
    alike,
    boilerplate,
    shingles,
    sketch,
    words,
)

FRENCH = (
    "Nous comptons les signalements du public par région et par mois, puis nous montrons où ils se "
    "trouvent. Un modèle apprend ensuite à les trier, et deux personnes vérifient chaque semaine "
    "ce qu’il a appris."
)
ENGLISH = (
    "We count the reports of the public by region and by month, and then show where they lie. A "
    "model learns to sort them, and every week two people check by hand what it has learned."
)
OTHER = (
    "Our map tells shelters which roads are safe in winter. It asks drivers once a day, draws what "
    "they say, and forgets who said it after an hour."
)

word = st.text("abcdefghij", min_size=1, max_size=6)
texts = st.lists(word, max_size=120).map(" ".join)


def common(text: tuple) -> str:
    return "".join(run.text for run in text if run.common)


def test_the_same_text() -> None:
    found = alike(FRENCH, FRENCH)
    assert (found.words, found.share) == (len(words(FRENCH)), 1.0)
    assert common(found.one) == FRENCH.removesuffix(".")


def test_texts_of_their_own() -> None:
    for one, other in ((ENGLISH, OTHER), (ENGLISH, FRENCH), ("", FRENCH), ("", "")):
        found = alike(one, other)
        assert (found.words, found.share, common(found.one)) == (0, 0.0, "")


def test_case_accents_and_markup_do_not_hide_it() -> None:
    hidden = FRENCH.upper().replace("É", "E").replace(" ", "  **", 1).replace(",", ";")
    assert alike(FRENCH, hidden).share == 1.0


def test_words_that_were_changed_here_and_there() -> None:
    changed = ENGLISH.replace("count", "tally").replace("learns", "is trained").replace("two", "3")
    found = alike(ENGLISH, changed)
    assert found.share > 0.7
    assert "tally" not in common(found.other)
    assert "by region and by month, and then show where they lie" in common(found.other)


def test_a_passage_in_the_midst_of_another_text() -> None:
    found = alike(ENGLISH, f"{OTHER} {ENGLISH} {OTHER}")
    assert (found.words, found.share) == (len(words(ENGLISH)), 1.0)


def test_passages_in_another_order() -> None:
    found = alike(f"{ENGLISH} {OTHER}", f"{OTHER} {ENGLISH}")
    assert found.share == 1.0


def test_a_short_turn_of_phrase_is_nobodys_own() -> None:
    turn = "by region and by month of the"
    assert len(words(turn)) < PASSAGE
    assert alike(f"{OTHER} {turn} shelter", f"{turn} {FRENCH}").words == 0


def test_what_was_given_to_everyone_does_not_count() -> None:
    given_out = boilerplate([ENGLISH])
    assert alike(f"{ENGLISH} {OTHER}", f"{ENGLISH} {FRENCH}", given_out).words == 0
    found = alike(f"{ENGLISH} {OTHER}", f"{ENGLISH} {OTHER}", given_out)
    assert (found.words, found.share) == (len(words(OTHER)), 1.0)
    assert sketch(ENGLISH, given_out) == frozenset()


def test_the_mark_changes_with_what_is_in_common() -> None:
    one, other = f"{ENGLISH} {OTHER}", f"{ENGLISH} {FRENCH}"
    assert alike(one, other).mark == alike(one, f"{FRENCH} {ENGLISH}").mark
    assert alike(one, other).mark != alike(one, f"{other} {OTHER}").mark


def test_every_shingle_fits_in_a_column_of_64_bits() -> None:
    numbers = shingles(words(f"{ENGLISH} {FRENCH}"))
    assert all(-(2**63) <= number < 2**63 for number in numbers)
    assert min(numbers) < 0 < max(numbers)


@given(st.text(max_size=400), st.text(max_size=400))
def test_the_runs_are_the_texts(one: str, other: str) -> None:
    found = alike(one, other)
    assert "".join(run.text for run in found.one) == one
    assert "".join(run.text for run in found.other) == other
    assert 0 <= found.share <= 1


@given(texts, texts)
def test_what_is_in_common_is_in_both(one: str, other: str) -> None:
    """As many words on both sides, the very same ones, and never fewer than a passage."""
    found = alike(one, other)
    mine = sorted(each.said for each in words(common_words(found.one)))
    theirs = sorted(each.said for each in words(common_words(found.other)))
    assert mine == theirs
    assert found.words == len(mine)
    assert found.words == 0 or found.words >= PASSAGE


def common_words(runs: tuple) -> str:
    return " ".join(run.text for run in runs if run.common)


@given(texts, texts, texts, st.lists(word, min_size=SHINGLE + WINDOW - 1, max_size=40))
def test_a_passage_in_common_leaves_a_mark_in_common(
    before: str, after: str, other: str, passage: list[str]
) -> None:
    """The promise of winnowing, for every passage that long."""
    told = " ".join(passage)
    assert sketch(f"{before} {told} {after}") & sketch(f"{other} {told} {before}")


@given(texts)
def test_a_sketch_is_some_of_the_shingles(text: str) -> None:
    assert sketch(text) <= set(shingles(words(text)))
    assert bool(sketch(text)) == (len(words(text)) >= SHINGLE)
