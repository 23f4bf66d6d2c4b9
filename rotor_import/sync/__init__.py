"""The nightly file drop: new files in a folder are taken once, and what is pending goes on."""

from rotor_import.sync.drop_folder import DropSettings
from rotor_import.sync.night import sync
from rotor_import.sync.sync_report import SyncReport

__all__ = ["DropSettings", "SyncReport", "sync"]
