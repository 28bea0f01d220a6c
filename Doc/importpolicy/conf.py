"""Sphinx configuration of the import policy's documentation."""

project = "CPython with import policy"
author = "the authors of CPython with import policy"
copyright = f"2025, {author}"

extensions = []
# Fragments, collected by hand for a release.
exclude_patterns = ["news.d"]
highlight_language = "none"
nitpicky = True
# What belongs to CPython's own documentation is not resolved here.
nitpick_ignore_regex = [
    (r"py:(mod|func|class|exc|attr|data|meth)", r"(?!importpolicy).*"),
]
html_theme = "alabaster"
html_theme_options = {"description": project, "show_powered_by": False}
html_show_sourcelink = False
