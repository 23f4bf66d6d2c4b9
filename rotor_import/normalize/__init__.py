"""Mapped rows → records: phones and emails in normal form, everything else as it is."""

from rotor_import.normalize.columns import KeyRules, key_forms, normalize
from rotor_import.normalize.order import ranked
from rotor_import.normalize.records import identified, records, rows
from rotor_import.normalize.unwanted import Unwanted
from rotor_import.normalize.validate import forms

__all__ = ["KeyRules", "Unwanted", "forms", "identified", "key_forms", "normalize", "ranked", "records", "rows"]
