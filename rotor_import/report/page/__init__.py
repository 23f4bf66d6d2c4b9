"""report.html: one file for people, made from the report's own tables. It fetches nothing and runs no one's text."""

from rotor_import.report.page.render import PAGE, write_page

__all__ = ["PAGE", "write_page"]
