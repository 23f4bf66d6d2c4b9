"""Who the rows of a file are, by their own cells."""

from __future__ import annotations

from rotor_import.model.fields import KEY_FIELDS, NAMING, UNIT_FIELDS
from rotor_import.model.summary import Summary


class People:
    """Who a row of the file is, by the cells of the columns that names, phones and emails come from."""

    def __init__(self, summary: Summary) -> None:
        self._fields: dict[tuple[str, str], set[str]] = {
            (one["file"], one["column"]): set(one["fields"]) for one in summary.get("columns", [])
        }

    def naming(self, file: str, column: str) -> bool:
        """Whether the column says who a row is."""
        return not NAMING.isdisjoint(self._fields.get((file, column), set()))

    def named(self, ref: tuple[str, str], cells: list[tuple[str, str]]) -> dict[str, str]:
        def of(*names: str) -> list[str]:
            return [value for column, value in cells if self._fields.get((ref[0], column), set()).intersection(names)]

        name = " ".join(of(*UNIT_FIELDS["name"])) or " ".join(of("company_name"))
        phone, email = ("; ".join(of(key)) for key in KEY_FIELDS)
        return {"name": name, "phone": phone, "email": email}
