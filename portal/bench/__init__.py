"""Measurements: ratios in one run on one machine, on a scratch database that is thrown away."""
