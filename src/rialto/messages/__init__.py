"""The vocabulary: commands, events, rejections, instruments and units. Imports nothing of ours.

A command is an instruction and an event is a fact; both are frames of bytes (codec.py) wherever
they are stored or cross a border, and frozen structs wherever Python looks at them.
"""
