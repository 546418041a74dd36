#ifndef EMU_CLOCK_H
#define EMU_CLOCK_H

/* Times. Wall times are seconds since 1970, UTC; spans are monotonic milliseconds. */

#include <stdbool.h>
#include <stdint.h>

enum {
    EMU_TIME_TEXT = 32,        /* bytes that hold any of the forms below */
    EMU_DAY_MS = 86400 * 1000, /* the longest time that can be asked for */
};

int64_t emu_clock_monotonic_ms(void);
int64_t emu_clock_wall_ms(void);

/* "20260901T080910Z" and "2026-09-01T08:09:10Z"; the whole text has to match. */
bool emu_time_read_basic(const char *text, int64_t *ret_seconds);
bool emu_time_read_extended(const char *text, int64_t *ret_seconds);
/* strftime in UTC. */
void emu_time_write(char ret_text[EMU_TIME_TEXT], const char *format, int64_t seconds);
/* The form of the Date header, independent of the locale. */
void emu_time_write_http(char ret_text[EMU_TIME_TEXT], int64_t seconds);

#endif
