"""The citizen's door: questions, their words, and their drawing.

Vocabulary: `steps` (questions), `pages` (words and controls), `present` (from one to the other, by `presenting`),
`wording` (catalogues), `slip` (what is taken away). Machinery: `stage` (the crossing between threads), `show` (what is
on the screen now), `voice` (reads it aloud), `views` (all Kivy).
It must know nothing of devices, the disk or services.
"""
