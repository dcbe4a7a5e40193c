"""A planted thing, what was recovered of it, and the bound it has to keep."""

import math
from typing import Literal

import msgspec


class Check(msgspec.Struct, frozen=True, kw_only=True):
    """One line of "planted against recovered". `value` is None when nothing could be measured, which fails.

    A check that is only `shown` has a bound for reading but never turns a demo red: such are the held-out wordings.
    """

    part: Literal["curation", "curation, held-out wordings", "standings", "faults", "coverage"]
    name: str
    value: float | None
    at_least: float | None = None
    at_most: float | None = None
    planted: str = ""
    recovered: str = ""
    shown: bool = False

    @property
    def passed(self) -> bool:
        """Whether the bound holds."""
        if self.shown:
            return True
        if self.value is None or math.isnan(self.value):
            return False
        return (self.at_least is None or self.value >= self.at_least) and (
            self.at_most is None or self.value <= self.at_most
        )

    @property
    def line(self) -> str:
        """The check as a line for people."""
        mark = "·" if self.shown else "ok" if self.passed else "RED"
        value = "-" if self.value is None else f"{self.value:.3f}".rstrip("0").rstrip(".")
        bounds = (
            "" if self.at_least is None else "> 0" if self.at_least < 1e-6 else f">= {self.at_least:g}",
            f"<= {self.at_most:g}" if self.at_most is not None else "",
        )
        bound = " and ".join(part for part in bounds if part)
        words = ", ".join(
            part
            for part in (
                f"planted {self.planted}" if self.planted else "",
                f"recovered {self.recovered}" if self.recovered else "",
            )
            if part
        )
        return f"{mark:<4}{self.name:<44}{value:>8}  {bound:<18} {words}".rstrip()


def all_passed(checks: list[Check]) -> bool:
    """A demo is green when every check that counts holds."""
    return all(check.passed for check in checks)
