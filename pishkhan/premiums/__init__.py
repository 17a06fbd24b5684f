"""The premium list of a workshop as files: DSKKAR00.DBF (the workshop) and DSKWOR00.DBF (its workers)."""
