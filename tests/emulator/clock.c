#include "clock.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

static int64_t clock_ms(clockid_t id)
{
    struct timespec now = {0};
    clock_gettime(id, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int64_t emu_clock_monotonic_ms(void)
{
    return clock_ms(CLOCK_MONOTONIC);
}

int64_t emu_clock_wall_ms(void)
{
    return clock_ms(CLOCK_REALTIME);
}

/* `shape` has a letter of YMDhms for each digit, other characters stand for themselves. */
static bool time_read(const char *text, const char *shape, int64_t *ret_seconds)
{
    static const char fields[] = "YMDhms";
    int value[6] = {0};
    for (; *shape != '\0'; shape++, text++) {
        const char *field = strchr(fields, *shape);
        if (field == NULL) {
            if (*text != *shape) {
                return false;
            }
            continue;
        }
        if (*text < '0' || *text > '9') {
            return false;
        }
        value[field - fields] = value[field - fields] * 10 + (*text - '0');
    }
    bool in_range = value[1] >= 1 && value[1] <= 12 && value[2] >= 1 && value[2] <= 31 &&
                    value[3] <= 23 && value[4] <= 59 && value[5] <= 60;
    if (*text != '\0' || !in_range) {
        return false;
    }
    struct tm tm = {.tm_year = value[0] - 1900,
                    .tm_mon = value[1] - 1,
                    .tm_mday = value[2],
                    .tm_hour = value[3],
                    .tm_min = value[4],
                    .tm_sec = value[5]};
    *ret_seconds = (int64_t)timegm(&tm);
    return true;
}

bool emu_time_read_basic(const char *text, int64_t *ret_seconds)
{
    return time_read(text, "YYYYMMDDThhmmssZ", ret_seconds);
}

bool emu_time_read_extended(const char *text, int64_t *ret_seconds)
{
    return time_read(text, "YYYY-MM-DDThh:mm:ssZ", ret_seconds);
}

static struct tm utc(int64_t seconds)
{
    time_t at = (time_t)seconds;
    struct tm tm = {0};
    gmtime_r(&at, &tm);
    return tm;
}

void emu_time_write(char ret_text[EMU_TIME_TEXT], const char *format, int64_t seconds)
{
    struct tm tm = utc(seconds);
    ret_text[0] = '\0';
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
    strftime(ret_text, EMU_TIME_TEXT, format, &tm);
#pragma GCC diagnostic pop
}

void emu_time_write_http(char ret_text[EMU_TIME_TEXT], int64_t seconds)
{
    static const char *const days[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                         "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    struct tm tm = utc(seconds);
    snprintf(ret_text, EMU_TIME_TEXT, "%s, %02d %s %04d %02d:%02d:%02d GMT", days[tm.tm_wday],
             tm.tm_mday, months[tm.tm_mon], (tm.tm_year + 1900) % 10000, tm.tm_hour, tm.tm_min,
             tm.tm_sec);
}
