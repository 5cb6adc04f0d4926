import time


def work(data: dict) -> dict:
    until = time.perf_counter() + 0.025
    while time.perf_counter() < until:
        pass
    return data


def floats(count: int) -> list[float]:
    return [index + 0.5 for index in range(count)]


def last(values: list[float]) -> float:
    return values[-1]
