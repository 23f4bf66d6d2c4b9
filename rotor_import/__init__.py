"""Imports and syncs customers in bulk from spreadsheets into the Rotor CRM."""
