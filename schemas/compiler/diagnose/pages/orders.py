"""What the programs of these pages call."""


def load(path: str) -> list:
    with open(path, encoding="utf-8") as file:
        return file.read().splitlines()


def clean(rows: list, keep: str = "first") -> list:
    ordered = rows if keep == "first" else rows[::-1]
    return list(dict.fromkeys(ordered))


def split(rows: list) -> tuple[list, list]:
    return [row for row in rows if row], [row for row in rows if not row]


def count(rows: list) -> int:
    return len(rows)


def size(data: bytes) -> int:
    return len(data)


def archive(folder: str) -> None:
    print(f"archived {folder}")
