"""The command line. One verb is one process.

arguments.py says what can be asked; run.py puts the exchange together (the composition root), with
projector.py, measures.py, descriptors.py, pages.py and welcome.py; reports.py has the verbs that
print and end.
"""
