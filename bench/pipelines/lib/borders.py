import time
from array import array as Array


def work(data: dict) -> dict:
    until = time.perf_counter() + 0.025
    while time.perf_counter() < until:
        pass
    return data


def floats(count: int) -> list[float]:
    return [index + 0.5 for index in range(count)]


def array(count: int):
    return Array("d", [0.5]) * count


def columns(count: int) -> dict:
    return {"low": array(count // 2), "high": array(count // 2)}


def last(values: memoryview) -> float:
    return values[-1]


def last_row(table: dict[str, memoryview]) -> float:
    return table["low"][-1] + table["high"][-1]


def last_of_list(values: list[float]) -> float:
    return values[-1]
