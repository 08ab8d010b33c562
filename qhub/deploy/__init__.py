"""Runs the rendered stages on a cluster: preflight, secret values, Terraform, and what failed."""
