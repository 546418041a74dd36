#ifndef EMU_TEXT_H
#define EMU_TEXT_H

/* Memory and strings. Running out of memory ends the process. */

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

/* Zeroed; freed with free(). */
void *emu_alloc(size_t size);
/* Makes room for one more element of `size` bytes in an array that holds `count`; the capacity
 * doubles, so the caller keeps no capacity of its own. */
void *emu_grow(void *array, size_t count, size_t size);
char *emu_copy(const char *text);
char *emu_copy_n(const char *text, size_t len);

/* A growing string. A zeroed one is empty; its data always ends in a NUL once something was added.
 */
struct emu_text {
    char *data;
    size_t len;
    size_t cap;
};

void emu_text_add(struct emu_text *text, const char *piece);
void emu_text_add_n(struct emu_text *text, const char *piece, size_t len);
void emu_text_addf(struct emu_text *text, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void emu_text_addv(struct emu_text *text, const char *format, va_list args)
    __attribute__((format(printf, 2, 0)));
/* Percent-encodes all but A-Z a-z 0-9 - _ . ~ (RFC 3986); '/' stays as it is when keep_slash. */
void emu_text_add_encoded(struct emu_text *text, const char *piece, bool keep_slash);
/* The text, "" when nothing was added; valid until the next change. */
const char *emu_text_str(const struct emu_text *text);
/* Moves the string out (never NULL) and leaves `text` empty. */
char *emu_text_take(struct emu_text *text);
void emu_text_done(struct emu_text *text);

/* Decodes %XX, and '+' as a space when `plus`. NULL when an escape is broken or hides a NUL byte.
 */
char *emu_percent_decode(const char *piece, size_t len, bool plus);

/* Reads a whole decimal number of [min, max]; anything else is false. */
bool emu_number_read(const char *text, long min, long max, long *ret_number);

bool emu_starts_with(const char *text, const char *prefix);

#endif
