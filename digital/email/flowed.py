"""Joins the lines of a text that its sender's program broke (`format=flowed`, RFC 3676)."""


def joined(text: str, *, delete_space: bool) -> str:
    """Give the text with its paragraphs in one line each; quotations stay as they are."""
    done: list[str] = []
    open_line = False
    for line in text.split("\n"):
        quoted = line.startswith(">")
        plain = line.removeprefix(" ")
        if open_line and not quoted:
            done[-1] = (done[-1][:-1] if delete_space else done[-1]) + plain
        else:
            done.append(plain)
        # A signature's mark ends in a space and goes on all the same (RFC 3676, section 4.3).
        open_line = not quoted and plain.endswith(" ") and plain != "-- "
    return "\n".join(done)
