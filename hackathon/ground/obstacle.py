"""What stands in the way of a deed, said kindly."""

from typing import Any


class Obstacle(Exception):
    """Raised by actions. Subclasses are named for the obstacle and carry their sentence.

    `field` names the form field beside which the sentence belongs, where there is one.
    """

    sentence: Any = ""
    field: str | None = None

    def __init__(self, **facts: Any) -> None:
        super().__init__(type(self).__name__)
        self.facts = facts

    def __str__(self) -> str:
        return str(self.sentence) % self.facts if self.facts else str(self.sentence)
