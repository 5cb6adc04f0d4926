def upper(text: str) -> str:
    return str.upper(text)
