"""Measurements of QHub; `make bench` runs them."""
