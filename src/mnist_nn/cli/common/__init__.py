"""What several commands share: options, exit codes, tables, output files and error messages."""
