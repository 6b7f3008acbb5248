"""What a user reads when something is wrong: one plain sentence that says what to do."""


class UserError(Exception):
    """Shown to the user as it stands, without a traceback; the message says what to do next."""


class UnreadableFile(UserError):
    """One source file cannot be read; the build reports the reason and goes on with the rest."""


class DamagedModel(UserError):
    """Weights of the program cannot be had; something smaller serves in their place."""


class ModelUnavailable(UserError):
    """The configured chat model cannot be reached, is too slow, or refuses."""
