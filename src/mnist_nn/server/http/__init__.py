"""HTTP itself: connections, middleware, request bodies, errors, logs, metrics, and how a server starts and stops.

Nothing here knows what a model is.
"""
