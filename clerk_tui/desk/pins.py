"""PINs: argon2id at a cost that a clerk does not notice (about 30 ms), and what a PIN may be."""

from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from clerk_tui.rules.refusal import Refusal

SHORTEST, LONGEST = 4, 12
_RUN = "01234567890"


@cache
def _hasher() -> PasswordHasher:
    return PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)


@cache
def _nobody() -> str:
    """Hash that no PIN opens: an unknown clerk number costs as long as a known one."""
    return _hasher().hash("nobody")


def hash_pin(pin: str) -> str:
    """The argon2id hash of an acceptable PIN. Raises Refusal pin_weak."""
    if not (pin.isascii() and pin.isdigit() and SHORTEST <= len(pin) <= LONGEST):
        raise Refusal("pin_weak", f"密码要用 {SHORTEST} 到 {LONGEST} 位数字", "请另设一个", field="pin")
    if len(set(pin)) == 1 or pin in _RUN or pin in _RUN[::-1]:
        raise Refusal("pin_weak", "密码太容易猜到(同一数字或连号)", "请另设一个", field="pin")
    return _hasher().hash(pin)


def pin_fits(pin_hash: str | None, pin: str) -> bool:
    """Whether the PIN opens the hash; takes as long when there is no clerk (None)."""
    try:
        return _hasher().verify(pin_hash or _nobody(), pin) and pin_hash is not None
    except (VerificationError, InvalidHashError):
        return False
