#include "terraform/duration.h"

#include "core/quote.h"

#define NS_PER_MS ((int64_t)1000000)

struct unit {
    ens_str name;
    int64_t ns;
};

/* Longer names first where one begins another. */
static const struct unit units[] = {
    {ENS_STR_INIT("ns"), 1},
    {ENS_STR_INIT("us"), 1000},
    {ENS_STR_INIT("\xC2\xB5s"), 1000}, /* micro sign */
    {ENS_STR_INIT("\xCE\xBCs"), 1000}, /* Greek mu */
    {ENS_STR_INIT("ms"), NS_PER_MS},
    {ENS_STR_INIT("s"), 1000 * NS_PER_MS},
    {ENS_STR_INIT("m"), 60000 * NS_PER_MS},
    {ENS_STR_INIT("h"), 3600000 * NS_PER_MS},
};

static ens_str skip(ens_str text, size_t count)
{
    return (ens_str){text.ptr + count, text.len - count};
}

static ens_str take_digits(ens_str *text)
{
    size_t count = 0;

    while (count < text->len && text->ptr[count] >= '0' && text->ptr[count] <= '9') {
        count++;
    }
    ens_str digits = {text->ptr, count};
    *text = skip(*text, count);
    return digits;
}

static const struct unit *take_unit(ens_str *text)
{
    for (size_t i = 0; i < ENS_COUNT(units); i++) {
        if (ens_str_starts(*text, units[i].name)) {
            *text = skip(*text, units[i].name.len);
            return &units[i];
        }
    }
    return NULL;
}

/* "0.25" of a unit, cut below the nanosecond. */
static int64_t fraction_ns(ens_str digits, int64_t unit_ns)
{
    double part = 0;
    double scale = (double)unit_ns;

    for (size_t i = 0; i < digits.len && i < 18; i++) {
        scale /= 10;
        part += scale * (digits.ptr[i] - '0');
    }
    return (int64_t)part;
}

/* One number with its unit. False: not that, or more than an int64_t of nanoseconds in all. */
static bool take_term(ens_str *text, int64_t *sum_ns)
{
    ens_str whole = take_digits(text);
    ens_str fraction = {NULL, 0};
    int64_t count = 0;
    int64_t ns = 0;

    if (text->len > 0 && text->ptr[0] == '.') {
        *text = skip(*text, 1);
        fraction = take_digits(text);
    }
    if (whole.len + fraction.len == 0 || (whole.len > 0 && !ens_str_to_i64(whole, &count))) {
        return false;
    }
    const struct unit *unit = take_unit(text);
    if (unit == NULL || __builtin_mul_overflow(count, unit->ns, &ns) ||
        __builtin_add_overflow(ns, fraction_ns(fraction, unit->ns), &ns)) {
        return false;
    }
    return !__builtin_add_overflow(*sum_ns, ns, sum_ns);
}

ens_rc ens_duration_parse(ens_str text, int64_t max_ms, const char *where, int64_t *ret_ms,
                          struct ens_diags *diags)
{
    ens_str rest = text;
    int64_t ns = 0;
    bool good = text.len > 0;

    while (good && rest.len > 0) {
        good = take_term(&rest, &ns);
    }
    if (!good) {
        return ens_fail(diags, ENS_INVALID, where,
                        "\"%s\" is not a duration such as \"90s\", \"10m\" or \"1h30m\"",
                        ens_quoted(text).text);
    }
    int64_t ms = ns / NS_PER_MS + (ns % NS_PER_MS > 0);
    if (ms <= 0 || ms > max_ms) {
        return ens_fail(diags, ENS_INVALID, where,
                        "\"%s\" is out of range: longer than zero and at most %lld hours",
                        ens_quoted(text).text, (long long)(max_ms / (3600 * (int64_t)1000)));
    }
    *ret_ms = ms;
    return ENS_OK;
}
