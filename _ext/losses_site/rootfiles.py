"""Files at the site's root that are no pages: robots.txt, the sitemap, the previews' picture."""

from pathlib import Path
from xml.sax.saxutils import escape

PICTURE = "preview.png"
PIXELS = (1200, 630)  # the size that link previews ask for
# The curve of _assets/logo.svg, and its point: the loss, and where one is on it.
CURVE = [(10, 14), (18, 46), (26, 51), (32, 51), (38, 51), (46, 46), (54, 14)]
POINT, RADIUS = (45.5, 36), 6.5
GROUND, POINT_COLOUR = "#0b5c87", "#f2a33a"


def sitemap(addresses):
    """Return the text of a sitemap."""
    urls = "".join(f"  <url><loc>{escape(address)}</loc></url>\n" for address in addresses)
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n'
        f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n{urls}</urlset>\n'
    )


def draw_picture(path, title, subtitle):
    """Draw the picture of link previews: the logo, the book's title, and a line about it."""
    from matplotlib.figure import Figure
    from matplotlib.patches import Circle, PathPatch
    from matplotlib.path import Path as Curve

    width, height = PIXELS
    figure = Figure(figsize=(width / 100, height / 100), dpi=100, facecolor=GROUND)
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set_axis_off()
    axes.set_xlim(0, width)
    axes.set_ylim(height, 0)
    scale, left, top = 5, 60, 145
    curve = Curve(
        [(left + scale * x, top + scale * y) for x, y in CURVE], [Curve.MOVETO] + [Curve.CURVE4] * 6
    )
    axes.add_patch(PathPatch(curve, fill=False, edgecolor="white", lw=18, capstyle="round"))
    centre = (left + scale * POINT[0], top + scale * POINT[1])
    axes.add_patch(Circle(centre, scale * RADIUS, color=POINT_COLOUR, zorder=2))
    axes.text(400, 250, title, size=38, color="white", weight="bold", va="center")
    axes.text(400, 350, subtitle, size=22, color="white", va="top", linespacing=1.5)
    figure.savefig(path)


def write(app, exception):
    """Write the files. A sitemap and a preview need the site's address."""
    if exception or app.builder.format != "html":
        return
    base, folder = app.config.html_baseurl, Path(app.outdir)
    robots = "User-agent: *\nAllow: /\n"
    for name in ("sitemap.xml", PICTURE):  # of an earlier build, which perhaps had another address
        (folder / name).unlink(missing_ok=True)
    if base:
        robots += f"\nSitemap: {base}sitemap.xml\n"
        pages = [base + app.builder.get_target_uri(name) for name in sorted(app.env.found_docs)]
        (folder / "sitemap.xml").write_text(sitemap(pages), encoding="utf-8")
        draw_picture(folder / PICTURE, app.config.html_title, app.config.preview_line)
    (folder / "robots.txt").write_text(robots, encoding="utf-8")


def setup(app):
    """Register the hook with Sphinx."""
    app.add_config_value("preview_line", "", "html")
    app.connect("build-finished", write)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
