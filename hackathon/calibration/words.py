"""Where a judge stands, in words that are no surer than the figures."""

from typing import Any

from flask_babel import lazy_gettext as _l
from flask_babel import lazy_ngettext

from .comparing import CLEARLY, FEWEST, LITTLE, halves


def amount(levels: float) -> Any:
    """How far apart, whichever way; nothing where it is less than about half a level."""
    near = abs(halves(levels))
    if near >= 4:
        return lazy_ngettext("at least %(num)s level", "at least %(num)s levels", near // 2)
    return (
        None,
        _l("about half a level"),
        _l("about one level"),
        _l("about one and a half levels"),
    )[near]


def beside_others(criterion: Any, apart: float | None, number: int) -> Any:
    """A judge beside the others on one criterion."""
    if apart is None:
        return _l("%(criterion)s: too few others have scored it so far.", criterion=criterion)
    far = amount(apart)
    if far is None:
        return _l("You scored about as the others on %(criterion)s.", criterion=criterion)
    things = {"amount": far, "criterion": criterion}
    if apart > 0:
        return _l("You scored %(amount)s above the others on %(criterion)s.", **things)
    return _l("You scored %(amount)s below the others on %(criterion)s.", **things)


def beside_reference(own: int, reference: int) -> Any:
    """A judge beside what the organizers find right."""
    apart = abs(own - reference)
    if not apart:
        return _l("the level that you gave")
    if own > reference:
        return lazy_ngettext("%(num)s level below yours", "%(num)s levels below yours", apart)
    return lazy_ngettext("%(num)s level above yours", "%(num)s levels above yours", apart)


def on_the_whole(apart: float | None) -> Any:
    """A judge beside the others, over all that they scored of samples."""
    if apart is None:
        return ""
    if apart >= CLEARLY:
        return _l("On the whole you are clearly milder than the others so far.")
    if apart >= LITTLE:
        return _l("On the whole you are a little milder than the others so far.")
    if apart <= -CLEARLY:
        return _l("On the whole you are clearly more severe than the others so far.")
    if apart <= -LITTLE:
        return _l("On the whole you are a little more severe than the others so far.")
    return _l("On the whole you score about as the others do so far.")


def rests_on(number: int) -> Any:
    """How much is behind it."""
    if not number:
        return _l(
            "You are the first. Once %(fewest)s others have scored it, you see here where you "
            "stand.",
            fewest=FEWEST,
        )
    if number < FEWEST:
        return lazy_ngettext(
            "It is too early to say: one other judge has scored it so far. Come back once there "
            "are %(fewest)s.",
            "It is too early to say: %(num)s other judges have scored it so far. Come back once "
            "there are %(fewest)s.",
            number,
            fewest=FEWEST,
        )
    return lazy_ngettext(
        "This rests on %(num)s other judge so far; it can change as more complete it.",
        "This rests on %(num)s other judges so far; it can change as more complete it.",
        number,
    )


def of_judge(apart: float | None) -> Any:
    """One judge beside the others, as organizers read it."""
    if apart is None:
        return _l("too early to say")
    far = amount(apart)
    if far is None:
        return _l("about as the others")
    if apart > 0:
        return _l("%(amount)s above the others", amount=far)
    return _l("%(amount)s below the others", amount=far)
