"""What several commands share: options, exit codes, tables, output files, and what is said of a mistake."""
