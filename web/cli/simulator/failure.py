"""Why a dialogue failed."""


class Failed(Exception):
    """Something was not as the script says; `place` is where in the dialogue it says so."""

    def __init__(self, message: str, *place: str | int) -> None:
        super().__init__(message)
        self.place = place
