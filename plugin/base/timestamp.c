/* SPDX-License-Identifier: Apache-2.0 */
#include "base/timestamp.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#define YEAR_1     INT64_C(-62135596800)
#define YEAR_10000 INT64_C(253402300800)

static struct tm split(int64_t unix_s)
{
    struct tm tm = {0};
    time_t t = (time_t)(unix_s < YEAR_1 ? YEAR_1 : unix_s >= YEAR_10000 ? YEAR_10000 - 1 : unix_s);

    (void)gmtime_r(&t, &tm);
    return tm;
}

/* Not strftime's %Y, which writes the year 1 as "1". */
static void format(const struct tm *tm, const char *end, char *out)
{
    /* Large enough for any int in each member, or -Wformat-truncation warns. */
    char text[128] = {0};

    (void)snprintf(text, sizeof(text), "%04d-%02d-%02dT%02d:%02d:%02d%s", tm->tm_year + 1900,
                   tm->tm_mon + 1, tm->tm_mday, tm->tm_hour, tm->tm_min, tm->tm_sec, end);
    memcpy(out, text, ENS_TIMESTAMP_SIZE);
    out[ENS_TIMESTAMP_SIZE - 1] = '\0';
}

void ens_timestamp_format(int64_t unix_s, char *out)
{
    struct tm tm = split(unix_s);

    format(&tm, "Z", out);
}

void ens_timestamp_format_us(int64_t unix_ms, char *out)
{
    int64_t second = unix_ms / 1000 - (unix_ms % 1000 < 0);
    unsigned milli = (unsigned)(unix_ms - second * 1000);
    struct tm tm = split(second);
    char end[ENS_TIMESTAMP_SIZE];

    (void)snprintf(end, sizeof(end), ".%03u000Z", milli);
    format(&tm, end, out);
}
