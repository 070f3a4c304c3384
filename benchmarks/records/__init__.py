"""How far plain networks go: rows with a published error, trained and measured by one protocol.

``python -m benchmarks.records`` lists the rows, and ``python -m benchmarks.records ROW`` measures one.
"""
