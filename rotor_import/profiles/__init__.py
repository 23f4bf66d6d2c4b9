"""`rotor-import.toml`: the options of many companies, each a profile."""

from rotor_import.profiles.names import check_name, check_variable
from rotor_import.profiles.profile_file import FILE, REPORTS, Profile, ProfileFile
from rotor_import.profiles.table import Known, Value

__all__ = [
    "FILE",
    "REPORTS",
    "Known",
    "Profile",
    "ProfileFile",
    "Value",
    "check_name",
    "check_variable",
]
