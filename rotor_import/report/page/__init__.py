"""report.html: the report as one page, made from its tables. It loads nothing, and no cell can run as code."""

from rotor_import.report.page.render import PAGE, write_page

__all__ = ["PAGE", "write_page"]
