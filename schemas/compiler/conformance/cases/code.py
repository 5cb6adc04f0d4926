import json
from os import path as where

LIMIT = 3


def load(path: str) -> list:
    return []


def dedupe(rows, keep="first"):
    return rows


def pair(a: int) -> tuple[int, str]:
    return a, str(a)


def many(first, *rest, **more):
    return first


def strict(a, *, b, c=1):
    return a


def nothing(a) -> None:
    pass


class Box:
    pass


@staticmethod
def wrapped(a):
    return a
