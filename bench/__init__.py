"""Measures the portal against floors that run beside it: `python -m bench`, or `make bench`.

A figure alone says little: machines differ, and so do days. So each is printed beside the least
that its work can cost here, measured in the same run (a bare driver, a bare Reflex counter), and
beside what the best peer took on a machine of this kind. Timings never fail a run.
"""
