"""The primes of Diffie-Hellman groups, by their own formula, and values in them."""

import pytest

from netcheck.wire import modp


@pytest.mark.parametrize("group", [2, 5, 14, 15])
def test_public_values_fill_the_prime_and_lie_in_the_group(group):
    prime, value = modp.PRIMES[group], modp.public_value(group)
    number = int.from_bytes(value, "big")
    assert len(value) == prime.bit_length() // 8
    assert 1 < number < prime - 1
    # 2 generates the squares of these safe primes.
    assert pow(number, (prime - 1) // 2, prime) == 1


def arctan_of_inverse(x: int, one: int) -> int:
    term, total, divisor, sign = one // x, 0, 1, 1
    while term:
        total += sign * (term // divisor)
        term, divisor, sign = term // (x * x), divisor + 2, -sign
    return total


@pytest.mark.parametrize(
    ("group", "bits", "c"),
    [(2, 1024, 129093), (5, 1536, 741804), (14, 2048, 124476), (15, 3072, 1690314)],
)
def test_the_primes_are_those_of_the_rfc_by_its_own_formula(group, bits, c):
    one = 1 << (bits - 130 + 64)
    pi = 4 * (4 * arctan_of_inverse(5, one) - arctan_of_inverse(239, one)) >> 64
    assert modp.PRIMES[group] == 2**bits - 2 ** (bits - 64) - 1 + 2**64 * (pi + c)
