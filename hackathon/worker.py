"""What falls due without anyone asking: letters to deliver, results to announce.

Every chore is found in the tables themselves (a letter unsent, an announcement whose letters are
not written), so there is no second store of jobs that could lose one or disagree.
"""

import threading
from collections.abc import Callable
from time import monotonic

import structlog
from flask import current_app
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm.exc import StaleDataError

from .accounts.actions import forget_what_is_over
from .certificates.actions import write_letters as write_certificate_letters
from .certificates.production import draw_issued
from .checks.actions import look_at_work
from .checks.links import visit_links
from .datasets.actions import ask_for_statements
from .desk.actions import send_due_reminders
from .desk.forgetting import purge_daily, sweep_daily
from .desk.making import let_go_of_archives, make_archives
from .extensions import db
from .followups.actions import ask_what_became
from .post.delivery import deliver_due
from .redaction.actions import make_copies, prepare_work
from .registrations.actions import lapse_offers, offer_free_places, remind_of_offers
from .results.publishing import tell_teams_when_announced
from .submissions.automatic import hand_in_drafts
from .submissions.scans import scan_waiting
from .submissions.uploads import sweep as sweep_uploads
from .teams.seeking import expire_requests
from .teams.sizes import warn_small_teams
from .voting.examining import examine_closed_polls, part_old_polls

PAUSE = 0.5  # seconds between two looks when nothing is due
REST = 60.0  # seconds until a chore that failed is tried again

# Each finds what is due, does it and returns how many deeds that was; the worker commits.
CHORES = (
    # -- accounts --
    forget_what_is_over,
    # -- registrations --
    lapse_offers,
    offer_free_places,
    remind_of_offers,
    # -- teams --
    expire_requests,
    warn_small_teams,
    # -- datasets --
    ask_for_statements,
    # -- submissions --
    hand_in_drafts,
    sweep_uploads,
    scan_waiting,
    # -- checks --
    look_at_work,
    visit_links,
    # -- redaction --
    prepare_work,
    make_copies,
    # -- results --
    tell_teams_when_announced,
    # -- voting --
    examine_closed_polls,
    part_old_polls,
    # -- certificates --
    draw_issued,
    write_certificate_letters,
    # -- followups --
    ask_what_became,
    # -- desk --
    send_due_reminders,
    purge_daily,
    sweep_daily,
    let_go_of_archives,
    make_archives,
)

log = structlog.get_logger()


def do_what_is_due() -> int:
    """One round; returns how many deeds were done."""
    config = current_app.config
    done = sum(_do(chore) for chore in CHORES)
    return done + deliver_due(current_app.extensions["mailer"], config["MAIL_FROM"])


_resting: dict[Callable[[], int], float] = {}  # until when


def _do(chore: Callable[[], int]) -> int:
    """One that fails is undone and rests, so that the others and the letters go on."""
    if _resting.get(chore, 0.0) > monotonic():
        return 0
    try:
        done = chore()
        db.session.commit()
        return done
    except OperationalError:
        raise
    except StaleDataError as error:  # what was being done is gone, as when the demo moves
        log.warning("overtaken", error=str(error))
    except Exception:
        log.exception("chore_failed", chore=chore.__name__)
        _resting[chore] = monotonic() + REST
    db.session.rollback()
    return 0


def work(stop: threading.Event) -> None:
    """Round after round until `stop`. A database that is away for a while is waited for."""
    while not stop.is_set():
        try:
            done = do_what_is_due()
        except OperationalError as error:
            log.warning("database_away", error=str(error.orig))
            done = 0
        finally:
            db.session.remove()
        if not done:
            stop.wait(PAUSE)
