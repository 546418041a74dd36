/* SPDX-License-Identifier: Apache-2.0 */
#include "kit/instant.h"

#include <time.h>

#include "kit/text.h"

#define YEAR_10000 INT64_C(253402300800)

static struct tm split(int64_t unix_s)
{
    struct tm tm = {0};
    time_t t = (time_t)(unix_s < 0 ? 0 : unix_s >= YEAR_10000 ? YEAR_10000 - 1 : unix_s);

    (void)gmtime_r(&t, &tm);
    return tm;
}

ens_str kit_instant_basic(const struct ens_memory *memory, int64_t unix_s)
{
    struct tm tm = split(unix_s);

    return kit_format(memory, "%04d%02d%02dT%02d%02d%02dZ", tm.tm_year + 1900, tm.tm_mon + 1,
                      tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec);
}

ens_str kit_instant_extended(const struct ens_memory *memory, int64_t unix_s)
{
    struct tm tm = split(unix_s);

    return kit_format(memory, "%04d-%02d-%02dT%02d:%02d:%02dZ", tm.tm_year + 1900, tm.tm_mon + 1,
                      tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec);
}

/* Parser state. ok becomes false at the first unexpected character. */
struct cursor {
    ens_str rest;
    bool ok;
};

static char peek(const struct cursor *at)
{
    if (at->rest.len == 0) {
        return '\0';
    }
    return at->rest.ptr[0];
}

static void skip(struct cursor *at)
{
    at->rest = (ens_str){at->rest.ptr + 1, at->rest.len - 1};
}

static int64_t digits(struct cursor *at, size_t count, int64_t min, int64_t max)
{
    int64_t value = at->rest.len < count ? -1 : kit_number((ens_str){at->rest.ptr, count});

    if (value < min || value > max) {
        at->ok = false;
        return 0;
    }
    at->rest = (ens_str){at->rest.ptr + count, at->rest.len - count};
    return value;
}

static void separator(struct cursor *at, char c)
{
    if (at->ok && peek(at) == c) {
        skip(at);
    } else {
        at->ok = false;
    }
}

/* Days from 1970-01-01 in the proleptic Gregorian calendar, counted from March so that the leap day
 * comes last. */
static int64_t days_of(int64_t year, int64_t month, int64_t day)
{
    int64_t y = month <= 2 ? year - 1 : year;
    int64_t m = month <= 2 ? month + 9 : month - 3;

    return 365 * y + y / 4 - y / 100 + y / 400 + (153 * m + 2) / 5 + day - 1 - 719468;
}

/* Parses the zone; returns its offset in seconds east of UTC. */
static int64_t zone(struct cursor *at)
{
    char sign = peek(at);

    if (sign == 'Z' || sign == 'z') {
        skip(at);
        return 0;
    }
    separator(at, sign == '-' ? '-' : '+');
    int64_t hours = digits(at, 2, 0, 23);
    separator(at, ':');
    int64_t minutes = digits(at, 2, 0, 59);
    int64_t offset = hours * 3600 + minutes * 60;
    return sign == '-' ? -offset : offset;
}

int64_t kit_instant_parse(ens_str text)
{
    struct cursor at = {text, true};

    int64_t year = digits(&at, 4, 1970, 9999);
    separator(&at, '-');
    int64_t month = digits(&at, 2, 1, 12);
    separator(&at, '-');
    int64_t day = digits(&at, 2, 1, 31);
    separator(&at, 'T');
    int64_t second = digits(&at, 2, 0, 23) * 3600;
    separator(&at, ':');
    second += digits(&at, 2, 0, 59) * 60;
    if (peek(&at) == ':') {
        skip(&at);
        second += digits(&at, 2, 0, 60);
        if (peek(&at) == '.') {
            skip(&at);
            (void)digits(&at, 1, 0, 9);
            while (peek(&at) >= '0' && peek(&at) <= '9') {
                skip(&at);
            }
        }
    }
    second -= zone(&at);
    return at.ok && at.rest.len == 0 ? days_of(year, month, day) * 86400 + second : 0;
}
