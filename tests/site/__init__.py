"""The built site, tested in a browser and without one.

`building` builds it, `hosting` serves it as a static host does, `book/_ext/chromium.py` finds a
browser, `browsing` watches what a page does in it, `looking` looks at a page on a phone and at a
desk, `links` follows the links in the files, `lighthouse` measures.
"""
