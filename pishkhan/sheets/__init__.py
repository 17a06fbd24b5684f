"""Excel files: tables that people send to be read, tables that they are given."""
