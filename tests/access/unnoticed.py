UNNOTICED: dict[str, str] = {}
