"""The command line: words of the field, `flask --app wsgi <word>`."""

import hashlib
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Collection
from typing import IO

import click
from flask import current_app
from flask.cli import with_appcontext
from flask_migrate import upgrade

from .accounts.actions import forget_codes, remove_passkey
from .accounts.queries import authenticator_of, passkeys_of, person_with
from .competitions.models import Competition, Round
from .competitions.queries import competition_at, round_at
from .demo.content import PASSWORD, offered
from .demo.laying import lay
from .demo.phases import Phase
from .demo.queries import laid
from .desk.forgetting import delete_account
from .desk.forgetting import purge as purge_now
from .desk.verifying import NotAnArchive, faults_in
from .extensions import db
from .ground.clock import now
from .ground.obstacle import Obstacle
from .ground.storage import Disk
from .journal.actions import record
from .journal.deeds import Deed
from .judging.outcome import record_of
from .judging.record import Method, NotARecord, Part, code_version, verify
from .post.delivery import deliver_due
from .results.deciding import document_of, ranking_in
from .results.means import site_key
from .results.queries import decisions_of
from .results.sealing import Signed, public_part
from .results.sealing import verify as verify_record_of_decision
from .worker import work

STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
PATIENCE = 30  # seconds that a process has to end in


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True)
@click.option("--processes", default=1, show_default=True, help="Web processes.")
@with_appcontext
def serve(host: str, port: int, processes: int) -> None:
    """Bring the database up to date, then serve the site and deliver its letters."""
    refuse_taken(host, port)
    address = f"http://{'127.0.0.1' if host == '0.0.0.0' else host}:{port}"
    os.environ.setdefault("BASE_URL", address)
    current_app.config["BASE_URL"] = os.environ["BASE_URL"]
    upgrade()
    if current_app.config["SETTINGS"].demo:
        prepare_demo()
        click.echo(welcome(os.environ["BASE_URL"]))
    db.session.remove()
    db.engine.dispose()
    run_together(
        [
            [sys.executable, "-m", "flask", "--app", "wsgi", "worker"],
            [
                *(sys.executable, "-m", "gunicorn", "wsgi:app", "--bind", f"{host}:{port}"),
                *("--worker-class", "gthread", "--threads", "8", "--workers", str(processes)),
                # Longer than a proxy or browser keeps a line: it never closes under a request.
                *("--keep-alive", "75", "--log-level", "warning", "--no-control-socket"),
            ],
        ]
    )


def prepare_demo() -> None:
    """Lay the event where there is no competition yet."""
    if not laid():
        lay(Phase.BUILDING, now())
        db.session.commit()


def welcome(address: str) -> str:
    """Where the demo is, and how to sign in as each role."""
    people = "\n".join(f"  {role:14} {email}" for role, email in offered().items())
    return f"""
The DataJam is at {address}/en/ and {address}/fr/

The banner on every page signs you in with one click, and moves the event in time. Or sign in with
the password {PASSWORD} as

{people}

Ctrl-C stops the site.
"""


@click.command()
@click.option(
    "--phase",
    type=click.Choice([phase.value for phase in Phase]),
    default=Phase.BUILDING.value,
    show_default=True,
)
@click.option("--as-published", is_flag=True, help="Keep the dates of 2021.")
@with_appcontext
def demo(phase: str, as_published: bool) -> None:
    """Delete everything and lay the DataJam anew, so that now lies in a phase."""
    if not current_app.config["SETTINGS"].demo:
        raise click.ClickException("This would delete everything: only with HACKATHON_MODE=demo.")
    lay(None if as_published else Phase(phase), now())
    db.session.commit()
    click.echo("The DataJam lies " + ("in 2021." if as_published else f"in the phase {phase}."))


def refuse_taken(host: str, port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise click.ClickException(
                f"{host}:{port} cannot be used ({error.strerror}). "
                f"Choose another port: make run PORT={port + 1}"
            ) from None


def run_together(commands: list[list[str]]) -> None:
    """Run the commands side by side; when one ends, or we are told to stop, all end."""
    processes = [subprocess.Popen(command, start_new_session=True) for command in commands]
    done = threading.Event()
    for number in STOP_SIGNALS:
        signal.signal(number, lambda *_: done.set())
    while not done.wait(0.2) and all(process.poll() is None for process in processes):
        pass
    told = done.is_set()
    for process in processes:
        if process.poll() is None:
            process.terminate()
    codes = [ended(process) for process in processes]
    if not told:
        sys.exit(next((code for code in codes if code), 1))


def ended(process: subprocess.Popen[bytes]) -> int:
    """The code with which the process ends, made to if it takes too long."""
    try:
        return process.wait(PATIENCE)
    except subprocess.TimeoutExpired:
        process.kill()
        return process.wait()


@click.command()
@with_appcontext
def worker() -> None:
    """Deliver letters and do what falls due, until stopped."""
    stop = threading.Event()
    for number in STOP_SIGNALS:
        signal.signal(number, lambda *_: stop.set())
    work(stop)


@click.group()
def post() -> None:
    """Letters."""


@post.command()
@with_appcontext
def deliver() -> None:
    """Deliver the letters that are due, once."""
    config = current_app.config
    sent = deliver_due(current_app.extensions["mailer"], config["MAIL_FROM"])
    click.echo(f"{sent} letters delivered.")


@click.group()
def judging() -> None:
    """What rankings rest on."""


@judging.command("record")
@click.argument("slug")
@click.argument("file", type=click.File("wb"))
@click.option(
    "--method",
    type=click.Choice([method.value for method in Method]),
    help="What decides the places; that of the rules otherwise.",
)
@click.option(
    "--round", "position", type=int, help="Which round; the one that is judged otherwise."
)
@with_appcontext
def write_record(slug: str, file: IO[bytes], method: str | None, position: int | None) -> None:
    """Write down the ranking of the competition SLUG and all that it rests on, to FILE."""
    competition, round_ = round_in(slug, position)
    data = record_of(competition, Method(method) if method else None, round_=round_)
    file.write(data)
    click.echo(f"SHA-256 {hashlib.sha256(data).hexdigest()}")


@judging.command("verify")
@click.argument("file", type=click.File("rb"))
def verify_record(file: IO[bytes]) -> None:
    """Compute the ranking in FILE again, from the file alone, and compare."""
    try:
        found = verify(file.read())
    except NotARecord as error:
        raise click.ClickException(f"This is no record of a ranking: {error}") from None
    if not found.same:
        raise not_the_same(found.digest, found.differs, [found.code])
    click.echo(f"The same, octet for octet: SHA-256 {found.digest}")


def round_in(slug: str, position: int | None) -> tuple[Competition, Round | None]:
    """The competition, and its round at this place where one is asked for."""
    competition = competition_at(slug)
    if competition is None:
        raise click.ClickException(f"There is no competition {slug}.")
    round_ = round_at(competition, str(position)) if position is not None else None
    if position is not None and round_ is None:
        raise click.ClickException(f"There is no round {position}.")
    return competition, round_


PARTS = {
    Part.FORM: "how it is written down",
    Part.RULES: "the rules",
    Part.DATA: "the data",
    Part.RANKING: "the ranking",
    Part.DECISION: "the decision",
}


def not_the_same(digest: str, differs: Collection[Part], codes: Collection[str]) -> Exception:
    """What differs, and whether other code can be why."""
    here = code_version()
    others = [code for code in codes if code != here]
    lines = [
        f"NOT the same: SHA-256 {digest}.",
        *(f"  Differs: {PARTS[each]}." for each in differs),
    ]
    lines += [f"Computed then by code {code}." for code in others]
    lines.append(
        f"Computed now by code {here}: other code may reckon otherwise. Verify with that of then."
        if others
        else f"Computed then and now by code {here}: the record was changed."
    )
    return click.ClickException("\n".join(lines))


@click.group()
def results() -> None:
    """Decisions on who is honoured."""


@results.command("record")
@click.argument("slug")
@click.argument("file", type=click.File("wb"))
@click.option("--number", type=int, help="Which decision; the last one otherwise.")
@click.option("--round", "position", type=int, help="Only the ranking of this round in it.")
@with_appcontext
def write_decision(slug: str, file: IO[bytes], number: int | None, position: int | None) -> None:
    """Write the record of a decision of the competition SLUG to FILE."""
    competition, round_ = round_in(slug, position)
    for decision in decisions_of(competition):
        if number in (None, decision.number):
            break
    else:
        raise click.ClickException("There is no such decision.")
    if round_ is None:
        file.write(document_of(decision))
        click.echo(f"Decision {decision.number}: SHA-256 {decision.digest}")
        return
    ranking = ranking_in(decision, round_)
    if ranking is None:
        raise click.ClickException(f"Decision {decision.number} holds no ranking of that round.")
    file.write(ranking)
    click.echo(f"Round {position}: SHA-256 {hashlib.sha256(ranking).hexdigest()}")


@results.command("key")
@with_appcontext
def show_key() -> None:
    """Say the public part of the site's key, with which others check its records."""
    key = site_key(current_app)
    if key is None:
        raise click.ClickException("RECORD_KEY is not set, so records are not signed.")
    click.echo(public_part(key))


@results.command("verify")
@click.argument("file", type=click.File("rb"))
@click.option("--key", help="The public key that must have signed: 44 characters.")
def verify_decision(file: IO[bytes], key: str | None) -> None:
    """Check the signatures of the record in FILE, and compute it again, from the file alone."""
    try:
        found = verify_record_of_decision(file.read())
    except NotARecord as error:
        raise click.ClickException(f"This is no record of a decision: {error}") from None
    for each in found.rounds:
        said = "the same, octet for octet" if each.same else "NOT the same ranking"
        rests = "" if each.the_one else ", NOT the one on which the selection rests"
        click.echo(f"Round {each.position}: {said}{rests}, SHA-256 {each.digest}")
    if not found.same:
        raise not_the_same(found.digest, found.differs, found.codes)
    click.echo(f"The same, octet for octet: decision {found.number}, SHA-256 {found.digest}")
    words = {"decision": (found.sealed, found.signer)}
    if found.confirmed:
        words["confirmation"] = (found.confirmation, found.confirmer)
        click.echo("A second person confirmed this decision.")
    elif found.needs_confirmation:
        raise click.ClickException("NOT confirmed, though a second person has to.")
    for what, (state, signer) in words.items():
        if state is Signed.BAD or (key and signer != key):
            raise click.ClickException(f"The {what} is NOT signed by the key that it should be.")
        click.echo(f"The {what} is " + (f"signed by {signer}" if signer else "not signed."))


@click.group()
def archive() -> None:
    """Archives of competitions."""


@archive.command("verify")
@click.argument("file", type=click.File("rb"))
def verify_archive(file: IO[bytes]) -> None:
    """Compare every entry of the archive FILE with its manifest, from the file alone."""
    try:
        faults = faults_in(file)
    except NotAnArchive as error:
        raise click.ClickException(f"This is no archive of a competition: {error}") from None
    for fault in faults:
        click.echo(fault, err=True)
    if faults:
        raise click.ClickException(f"{len(faults)} things are not as the manifest says.")
    file.seek(0)
    click.echo(
        f"Everything is as written: SHA-256 {hashlib.file_digest(file, 'sha256').hexdigest()}"
    )


@click.command()
@click.argument("email")
@with_appcontext
def administrator(email: str) -> None:
    """Let the person with this address run the whole site: EMAIL of a confirmed account."""
    user = person_with(email)
    if user is None or user.confirmed_at is None:
        raise click.ClickException(f"{email} has no confirmed account. Sign up on the site first.")
    user.administrator_since = user.administrator_since or now()
    record(Deed.ADMINISTRATOR_APPOINTED, by=None, subject=user.name)
    db.session.commit()
    click.echo(f"{user.name} is an administrator.")


@click.command()
@click.argument("email")
@click.option("--yes", is_flag=True, help="Do not ask.")
@with_appcontext
def forget(email: str, yes: bool) -> None:
    """Delete the account with this address, as its owner can on the site: EMAIL."""
    user = person_with(email)
    if user is None:
        raise click.ClickException(f"{email} has no account.")
    name = user.name
    if not yes:
        click.confirm(f"Delete the account of {name} <{email}>? There is no way back.", abort=True)
    try:
        delete_account(user)
    except Obstacle as obstacle:
        raise click.ClickException(str(obstacle)) from None
    db.session.commit()
    click.echo(f"The account of {name} is deleted.")


@click.command()
@click.option("--dry-run", is_flag=True, help="Say what would go, and keep it.")
@with_appcontext
def purge(dry_run: bool) -> None:
    """Forget the personal data whose time has come. The worker does this once a day."""
    done = {str(c.slug) if c else "the site": counts for c, counts in purge_now().items()}
    if dry_run:
        db.session.rollback()
    else:
        db.session.commit()
    if not done:
        click.echo("Nothing is past its time.")
    for where, counts in done.items():
        said = ", ".join(f"{number} {what.replace('_', '-')}" for what, number in counts.items())
        click.echo(f"{where}: {said} {'would be' if dry_run else 'are'} forgotten.")


@click.command("codes-off")
@click.argument("email")
@click.option("--passkeys", is_flag=True, help="Remove their passkeys too: those are lost as well.")
@with_appcontext
def codes_off(email: str, passkeys: bool) -> None:
    """For who lost app and recovery codes: ask them for no code any more. EMAIL of the account."""
    user = person_with(email)
    asked = user is not None and authenticator_of(user) is not None
    lost = passkeys_of(user) if user is not None and passkeys else []
    if user is None or not (asked or lost):
        raise click.ClickException(f"{email} has no account with anything to turn off.")
    if asked:
        forget_codes(user)
        record(Deed.SECOND_FACTOR_OFF, by=None, subject=user.name)
    for passkey in lost:
        remove_passkey(passkey, by=None)
    db.session.commit()
    click.echo(f"Signing in asks {user.name} for no code any more. A letter tells them.")


@click.command("move-files")
@with_appcontext
def move_files() -> None:
    """Copy the files of DATA_DIR into the storage that STORAGE names; may be run again."""
    settings = current_app.config["SETTINGS"]
    if not settings.storage:
        raise click.ClickException("STORAGE is not set, so the files stay where they are.")
    here = Disk(settings.data_dir / "files")
    copied = current_app.extensions["storage"].copy_from(here)
    click.echo(f"{copied} files copied. {here.directory} can go once the site has been looked at.")
