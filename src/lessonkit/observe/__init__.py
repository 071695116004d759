"""Photograph processes, and tell what must have happened between two photographs.

snapshot.py   one photograph of the host, or of a tree
sampling.py   many of them, at a steady pace
timeline.py   photographs -> events, with what was missed
"""
