"""Builds container images from recipes. Needs Python's standard library and nothing else."""
