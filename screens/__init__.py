"""The citizen's door: questions, their words, and their drawing.

Vocabulary: `steps` (questions), `pages` (words and controls), `present` (from one to the other), `wording` (catalogues).
Machinery: `stage` (the crossing between threads), `show` (what is on the screen now), `views` (all Kivy).
It must know nothing of devices, the disk or services.
"""
