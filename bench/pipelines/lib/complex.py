def each(data, change):
    return {
        group: [{name: change(value) for name, value in row.items()} for row in rows] for group, rows in data.items()
    }


def clean(data: dict) -> dict:
    return each(data, lambda value: round(value, 6))


def shift(data: dict) -> dict:
    return each(data, lambda value: value + 0.125)


def check(data: dict) -> dict:
    raise ValueError("some values lie below zero")


def total(data: dict) -> float:
    return float(sum(value for rows in data.values() for row in rows for value in row.values()))
