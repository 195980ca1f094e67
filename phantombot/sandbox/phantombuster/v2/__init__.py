"""API v2 of the local Phantombuster, about the same agents and runs as v1.

What no document says is marked as inferred.
"""
