"""The tests on a real Kubernetes, and the bed that they run in: `python -m tests.cluster up`."""
