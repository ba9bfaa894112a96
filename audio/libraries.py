"""Import pydub and audioop once for the room, without the warnings they greet with.

audioop leaves the standard library in Python 3.13 (audioop-lts takes its name there); pydub warns
when it finds no ffmpeg, which we look for ourselves.
"""

import warnings

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import audioop

    from pydub import AudioSegment

__all__ = ["AudioSegment", "audioop"]
