"""Digits that people wrote with a pen: read from files, drawn, kept prepared."""
