"""HTTP itself: connections, middleware, request bodies, errors, logs, metrics, and a server's beginning and end."""
