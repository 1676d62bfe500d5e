"""The site's address, and what names it: canonical links, link previews, the sitemap.

The address is that of the repository's GitHub Pages, or what the environment variable SITE_URL
says. Without any, no page claims an address: there is no canonical link, no `og:url`, no preview
picture and no sitemap. sphinxext-opengraph writes descriptions and previews.
"""

import os
from pathlib import Path
from urllib.parse import urlsplit
from xml.sax.saxutils import escape

from repository import read_repository
from sphinx.errors import ConfigError


def site_address(environment=os.environ):
    """Return where the site will stand, with a slash at its end, or "" where nobody has said so."""
    address = environment.get("SITE_URL", "")
    if not address:
        repository = read_repository()
        return (repository and repository.pages) or ""
    parts = urlsplit(address)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
        raise ConfigError(f"SITE_URL must be http(s)://<host>/<path>; got {address!r}")
    return address.rstrip("/") + "/"


def set_address(app, config):
    """Tell Sphinx and the extensions that need it the site's address."""
    config.html_baseurl = config.ogp_site_url = config.html_baseurl or site_address()
    config.ogp_social_cards = (config.ogp_social_cards or {}) | {
        "enable": bool(config.html_baseurl)
    }
    # The page for wrong addresses is shown at any depth, so its links start at the site's root.
    config.notfound_urls_prefix = urlsplit(config.html_baseurl).path or "/"


def drop_relative_url(app, pagename, templatename, context, doctree):
    """Without an address, remove the `og:url` that sphinxext-opengraph writes all the same."""
    if doctree is not None and not app.config.html_baseurl:
        kept = (tag for tag in context["metatags"].split("\n") if '"og:url"' not in tag)
        context["metatags"] = "\n".join(kept)


def sitemap(addresses):
    """Return the text of a sitemap."""
    urls = "".join(f"  <url><loc>{escape(address)}</loc></url>\n" for address in addresses)
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n'
        f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n{urls}</urlset>\n'
    )


def write_sitemap(app, exception):
    """List all pages of the book, those included that this build did not have to write again."""
    if exception or app.builder.format != "html":
        return
    base, path = app.config.html_baseurl, Path(app.outdir, "sitemap.xml")
    path.unlink(missing_ok=True)  # of an earlier build, which perhaps had another address
    if base:
        pages = [base + app.builder.get_target_uri(name) for name in sorted(app.env.found_docs)]
        path.write_text(sitemap(pages), encoding="utf-8")


def setup(app):
    """Register the hooks with Sphinx."""
    app.setup_extension("sphinxext.opengraph")
    app.connect("config-inited", set_address)
    app.connect("html-page-context", drop_relative_url, priority=900)  # after opengraph
    app.connect("build-finished", write_sitemap)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
