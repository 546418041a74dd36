#include "base/timestamp.h"

#include <stdio.h>
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

void ens_timestamp_format(int64_t unix_s, char *out)
{
    struct tm tm = split(unix_s);

    (void)strftime(out, ENS_TIMESTAMP_SIZE, "%Y-%m-%dT%H:%M:%SZ", &tm);
}

void ens_timestamp_format_us(int64_t unix_ms, char *out)
{
    int64_t second = unix_ms / 1000 - (unix_ms % 1000 < 0);
    int micro = (int)((unix_ms - second * 1000) * 1000);
    struct tm tm = split(second);
    char date[ENS_TIMESTAMP_SIZE];

    (void)strftime(date, sizeof(date), "%Y-%m-%dT%H:%M:%S", &tm);
    (void)snprintf(out, ENS_TIMESTAMP_SIZE, "%.19s.%06dZ", date, micro);
}
