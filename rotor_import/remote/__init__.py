"""Servers of files: SFTP, Amazon S3 and what speaks its protocol, Google Cloud Storage, Azure, and single web files."""

from rotor_import.remote.connect import check_package
from rotor_import.remote.failures import FileServerError
from rotor_import.remote.server import Entry, FileServer

__all__ = ["Entry", "FileServer", "FileServerError", "check_package"]
