"""The drawing of pages: the only package that imports Kivy."""
