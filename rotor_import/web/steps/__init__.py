"""The steps of the page, each with its routes."""
