"""Everything that rotor-import raises on purpose, arranged by what the caller does next.

RotorImportError
├── InputError              fix the input; nothing was sent
│   ├── SettingsError         an option or the environment
│   ├── SourceError           a file of customers
│   ├── MappingError          the mapping
│   ├── LedgerError           the ledger's file or database
│   ├── DecisionError         a decision about held rows
│   ├── CorrectionError       a correction of a file's cell
│   ├── PlanError             a saved plan, or what it was approved for has changed
│   └── ReportError           the report's folder
├── AccountBusy             wait; another run holds the account
├── Unfinished              go on later; it stopped after sending had begun
│   └── Interrupted           by a signal
├── QuotaExhausted          go on later; Rotor says so
│   └── QuotaSpent            our own count says so
├── ApiError                an answer from Rotor
│   ├── FatalApiError         stop
│   │   ├── KeyRefused          the key is missing or wrong
│   │   ├── ScopeMissing        the key may not use this endpoint
│   │   ├── DoubtfulRefusal     not in Rotor's own words: skip this record if others come through
│   │   └── ApiDown             every retry failed, or too many changes in a row
│   ├── RetriableApiError     send it again; it may have been carried out
│   └── RecordRefused         skip this record; the same payload is never sent again
├── Safeguard               a person has to look first
└── Defect                  an internal error: a bug in rotor-import

`model.error_codes` knows their exit codes, with which only the command line ends.
"""

from __future__ import annotations

from datetime import datetime


class RotorImportError(Exception):
    """The root. Its text is for the user, and never holds customer data or a key."""


class InputError(RotorImportError):
    pass


class SettingsError(InputError):
    pass


class SourceError(InputError):
    pass


class MappingError(InputError):
    pass


class LedgerError(InputError):
    pass


class DecisionError(InputError):
    pass


class CorrectionError(InputError):
    pass


class PlanError(InputError):
    pass


class ReportError(InputError):
    pass


class AccountBusy(RotorImportError):
    pass


class Unfinished(RotorImportError):
    pass


class Interrupted(Unfinished):
    pass


class QuotaExhausted(RotorImportError):
    """No request may be sent before `until`; None if that is unknown."""

    def __init__(self, message: str, until: datetime | None = None) -> None:
        super().__init__(message)
        self.until = until


class QuotaSpent(QuotaExhausted):
    pass


class ApiError(RotorImportError):
    pass


class FatalApiError(ApiError):
    pass


class KeyRefused(FatalApiError):
    pass


class ScopeMissing(FatalApiError):
    """The key lacks `scope`, which is '' if Rotor did not name it."""

    def __init__(self, message: str, scope: str = "") -> None:
        super().__init__(message)
        self.scope = scope


class DoubtfulRefusal(FatalApiError):
    """A final refusal that is not as Rotor's document has it, such as a firewall's page.

    It is about this record if others come through, and about all of them otherwise. `problems` are as in
    RecordRefused, and empty where the answer was not an API's at all.
    """

    def __init__(self, message: str, status: int, problems: tuple[tuple[str, str], ...] = ()) -> None:
        super().__init__(message)
        self.status = status
        self.problems = problems


class ApiDown(FatalApiError):
    pass


class RetriableApiError(ApiError):
    """A temporary failure. `retry_after` is in seconds, if Rotor gave it.

    `maybe_written` is False only if Rotor certainly carried nothing out.
    """

    def __init__(self, message: str, retry_after: float | None = None, *, maybe_written: bool = True) -> None:
        super().__init__(message)
        self.retry_after = retry_after
        self.maybe_written = maybe_written


class RecordRefused(ApiError):
    """Rotor refused this record: `problems` are its (field, message) pairs, `status` its HTTP status.

    The problems may repeat customer data: they go into reports and the ledger, never into a log.
    """

    def __init__(self, status: int, problems: tuple[tuple[str, str], ...]) -> None:
        super().__init__(f"Rotor refused the record ({status})")
        self.status = status
        self.problems = problems


class Safeguard(RotorImportError):
    pass


class Defect(RotorImportError):
    pass
