/* SPDX-License-Identifier: Apache-2.0 */
#include "kit/json_token.h"

#include "kit/text.h"

#define DOUBLE_EXPONENT_MAX 308 /* numbers from 1e308 on count as too large for a double */
#define EXPONENT_MAX        1000000000

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static size_t digits(ens_str text, size_t from)
{
    size_t at = from;

    while (at < text.len && is_digit(text.ptr[at])) {
        at++;
    }
    return at - from;
}

/* A number by the grammar of RFC 8259, section 6. */
struct number {
    size_t len;
    bool negative;
    ens_str whole;
    ens_str fraction; /* without the point */
    bool is_integer;
    long long exponent; /* clamped to EXPONENT_MAX */
};

static size_t read_exponent(ens_str text, size_t at, long long *ret)
{
    size_t start = at + 1;
    bool negative = start < text.len && text.ptr[start] == '-';

    start += start < text.len && (text.ptr[start] == '-' || text.ptr[start] == '+');
    const size_t count = digits(text, start);
    for (size_t i = start; i < start + count; i++) {
        *ret = *ret < EXPONENT_MAX ? *ret * 10 + (text.ptr[i] - '0') : EXPONENT_MAX;
    }
    *ret = negative ? -*ret : *ret;
    return count == 0 ? at : start + count;
}

static struct number read_number(ens_str text)
{
    struct number number = {.negative = text.ptr[0] == '-', .is_integer = true};
    size_t at = number.negative;

    const size_t whole = at < text.len && text.ptr[at] == '0' ? 1 : digits(text, at);
    number.whole = (ens_str){text.ptr + at, whole};
    at += whole;
    if (whole > 0 && at < text.len && text.ptr[at] == '.') {
        const size_t fraction = digits(text, at + 1);
        number.fraction = (ens_str){text.ptr + at + 1, fraction};
        number.is_integer = fraction == 0;
        at += fraction == 0 ? 0 : fraction + 1;
    }
    if (whole > 0 && at < text.len && (text.ptr[at] == 'e' || text.ptr[at] == 'E')) {
        const size_t end = read_exponent(text, at, &number.exponent);
        number.is_integer = number.is_integer && end == at;
        at = end;
    }
    number.len = at;
    return number;
}

static bool integer_fits(const struct number *number)
{
    const ens_str most =
        number->negative ? KIT_STR("9223372036854775808") : KIT_STR("9223372036854775807");

    return number->whole.len < most.len ||
           (number->whole.len == most.len && kit_compare(number->whole, most) <= 0);
}

static size_t zeros(ens_str text)
{
    size_t count = 0;

    while (count < text.len && text.ptr[count] == '0') {
        count++;
    }
    return count;
}

static bool real_fits(const struct number *number)
{
    const size_t small = zeros(number->fraction);
    long long power = (long long)number->whole.len - 1; /* of ten, of the first significant digit */

    if (zeros(number->whole) == number->whole.len) {
        if (small == number->fraction.len) {
            return true;
        }
        power = -(long long)small - 1;
    }
    return power + number->exponent < DOUBLE_EXPONENT_MAX;
}

/* An integer that fits by its length; 0: the number has to be looked at. */
static size_t small_integer(ens_str text)
{
    const size_t sign = text.ptr[0] == '-';
    const size_t count = digits(text, sign);
    const size_t end = sign + count;
    const char next = end < text.len ? text.ptr[end] : ' ';
    const bool leading_zero = count > 1 && text.ptr[sign] == '0';

    return count > 0 && count <= 18 && !leading_zero && next != '.' && next != 'e' && next != 'E'
               ? end
               : 0;
}

size_t kit_json_number(ens_str text, bool *ret_fits)
{
    const size_t small = small_integer(text);

    if (small > 0) {
        *ret_fits = true;
        return small;
    }
    const struct number number = read_number(text);
    if (number.whole.len == 0) {
        *ret_fits = false;
        return 0;
    }
    *ret_fits = number.is_integer ? integer_fits(&number) : real_fits(&number);
    return number.len;
}

int kit_json_unit(ens_str text)
{
    int value = 0;

    if (text.len < 6 || text.ptr[0] != '\\' || text.ptr[1] != 'u') {
        return -1;
    }
    for (size_t i = 2; i < 6; i++) {
        const char c = text.ptr[i];
        const char low = (char)(c | 0x20);
        if (!is_digit(c) && (low < 'a' || low > 'f')) {
            return -1;
        }
        value = value * 16 + (is_digit(c) ? c - '0' : low - 'a' + 10);
    }
    return value;
}
