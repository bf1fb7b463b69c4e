"""`python -m hackathon results verify FILE`: the checks that need nothing of a site, no settings
and no database, for whoever doubts what one says."""

import click

from .cli import archive, judging, results


def checks() -> click.Group:
    """`verify` of each group that has it, under the same words as in `flask --app wsgi`."""
    offered = click.Group("hackathon", help="Check a file that a site has given out.")
    for group in (judging, results, archive):
        offered.add_command(click.Group(group.name, [group.commands["verify"]], help=group.help))
    return offered


if __name__ == "__main__":
    checks()(prog_name="python -m hackathon")
