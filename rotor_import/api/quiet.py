"""Keeps the network's libraries from logging addresses: an ID in one is a customer's, a token in one is a secret."""

from __future__ import annotations

import logging


def quiet() -> None:
    """Httpx logs every URL at INFO. A level that somebody chose stays."""
    for name in ("httpx", "httpcore"):
        logger = logging.getLogger(name)
        if logger.level == logging.NOTSET:
            logger.setLevel(logging.WARNING)
