"""A stand-in for a network plugin that enforces NetworkPolicies: it makes iptables rules of them.

The plugins only connect pods. This watches policies, pods and namespaces, and writes all rules
whenever something changes: some milliseconds later than a real plugin, which has a pod's rules
before the pod starts.
"""
