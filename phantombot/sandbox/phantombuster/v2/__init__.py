"""API v2 of the local Phantombuster, about the same agents and runs as v1.

Anything undocumented is marked as inferred.
"""
