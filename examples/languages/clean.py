import csv

import numpy


def load(path):
    """The sensor's name and its readings, out of a CSV file with a header."""
    with open(path, newline="") as file:
        rows = list(csv.DictReader(file))
    return rows[0]["sensor"], [float(row["value"]) for row in rows]


def without_outliers(readings):
    """Readings within three deviations of the median."""
    values = numpy.asarray(readings)
    distance = numpy.abs(values - numpy.median(values))
    return values[distance <= 3 * numpy.median(distance)].tolist()


def mean(values):
    return float(numpy.mean(values))
