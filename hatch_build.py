"""Build hook: put into the wheel what stands beside the package in the source tree.

In a checkout, templates, translations and migrations lie next to `hackathon/`; an installed site
looks for them inside the package. A static table in pyproject.toml would copy them into editable
installs too, where the copies go stale, so the hook adds them to real wheels alone.
"""

from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from hatchling.builders.hooks.plugin.interface import BuildHookInterface

BESIDE_THE_PACKAGE = ("templates", "translations", "migrations")


class Build(BuildHookInterface):
    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if version == "editable":
            return
        root = Path(self.root)
        if not (root / "hackathon/static/build").is_dir():
            raise RuntimeError("The style sheets and scripts are not built: run `make assets`.")
        if self.target_name != "wheel":
            return
        for catalogue in root.glob("translations/*/LC_MESSAGES/*.po"):
            compile_catalogue(catalogue)
        for name in BESIDE_THE_PACKAGE:
            build_data["force_include"][str(root / name)] = f"hackathon/{name}"


def compile_catalogue(catalogue: Path) -> None:
    """Write messages.mo beside messages.po. A fuzzy translation is left out, as by pybabel."""
    with catalogue.open("rb") as source:
        messages = read_po(source)
    with catalogue.with_suffix(".mo").open("wb") as compiled:
        write_mo(compiled, messages)
