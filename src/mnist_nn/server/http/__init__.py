"""HTTP itself: connections, middleware, request bodies, errors, logs, metrics, and how a server starts and stops.

Nothing here runs a model; metrics.py only counts its answers.
"""
