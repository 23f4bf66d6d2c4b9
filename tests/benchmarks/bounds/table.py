"""The table that `every_bound.py` prints: each figure beside its bound and its aim."""

from dataclasses import dataclass

TIMES = "{:.3g} ×"  # noqa: RUF001 - a multiplication sign is meant
SECONDS, GIGABYTES, SHARE = "{:.3g} s", "{:.2f} GB", "{:.0%}"
HEAD = """\
| what | measured | figure | bound | kept | aim |
|---|---|---|---|---|---|"""


@dataclass(frozen=True)
class Line:
    """A figure in its unit. It must not be above the bound, or not below it where that is the `least`."""

    what: str
    measured: str
    figure: float
    unit: str
    bound: float | None = None
    aim: float | None = None
    least: bool = False

    @property
    def missed(self):
        return self.bound is not None and not self._reaches(self.bound)

    def __str__(self):
        verdict = "" if self.bound is None else "**no**" if self.missed else "yes"
        aim = "" if self.aim is None else f"{self._limit(self.aim)}: {'yes' if self._reaches(self.aim) else 'no'}"
        bound = "" if self.bound is None else self._limit(self.bound)
        return _row(self.what, self.measured, self.unit.format(self.figure), bound, verdict, aim)

    def _reaches(self, limit):
        return self.figure >= limit if self.least else self.figure <= limit

    def _limit(self, limit):
        return f"{'≥' if self.least else '≤'} {self.unit.format(limit)}"


def failed(case, error):
    """A row for a case without a figure."""
    lines = (str(error) or repr(error)).strip().splitlines()
    words = " … ".join(dict.fromkeys(line.strip()[:200] for line in (lines[0], lines[-1]))).replace("|", "\\|")
    return _row(f"the case `{case}`", f"failed: {words}", "", "", "**no**", "")


def _row(*cells):
    return f"| {' | '.join(cells)} |"
