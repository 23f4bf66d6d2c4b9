"""Pairs of people who are probably one, although no key joins them."""
