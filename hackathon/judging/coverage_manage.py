"""How far judging is, as a picture that keeps itself up to date: for organizers."""

from typing import Any

from flask import make_response, render_template, request

from ..accounts.queries import me
from ..competitions.models import Competition
from ..competitions.queries import opening_of
from ..ground.paging import paginate_rows
from .conflicts import withheld_from
from .coverage import Coverage, Work, coverage_of
from .manage import blueprint
from .queries import round_of
from .stopping import stoppage_of


@blueprint.get("/judges/coverage")
def coverage(competition: Competition) -> Any:
    """For the script that asks for this part of the page: the part alone, with an ETag, so that
    asking again costs a few octets while nothing is new."""
    withheld, part = withheld_from(me(), competition), "X-Part" in request.headers
    found, stoppage = coverage_of(competition, withheld), stoppage_of(competition)
    opening = opening_of(competition, round_of(competition).gate)
    sign = f"{found.digest}-{stoppage.id if stoppage else ''}-{opening.state}-{opening.closes_at}"
    if part and request.if_none_match.contains_weak(sign):
        return "", 304
    answer = make_response(
        render_template(
            f"judging/manage/{'coverage_part' if part else 'coverage'}.html",
            competition=competition,
            coverage=found,
            grid=found.grid,
            judges=paginate_rows(found.judges),
            works=paginate_rows(sorted(found.works, key=lambda each: urgency(found, each))),
            opening=opening,
            stoppage=stoppage,
            withheld=len(withheld),
        )
    )
    answer.vary.add("X-Part")
    if part:
        answer.set_etag(sign, weak=True)
    return answer


def urgency(found: Coverage, work: Work) -> tuple[bool, int, str]:
    """What is behind first, then what lacks the most."""
    tally = found.by_submission[work.id]
    return not tally.behind(found.share), -tally.left, work.name_key
