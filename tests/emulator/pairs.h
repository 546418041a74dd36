#ifndef EMU_PAIRS_H
#define EMU_PAIRS_H

/* Ordered lists of name and value: headers, query parameters. The list owns its strings. */

#include <stdbool.h>
#include <stddef.h>

struct emu_pair {
    char *name;
    char *value;
};

struct emu_pairs {
    struct emu_pair *items;
    size_t count;
};

/* Takes both strings over. */
void emu_pairs_take(struct emu_pairs *pairs, char *name, char *value);
void emu_pairs_add(struct emu_pairs *pairs, const char *name, const char *value);
/* The first value of that exact name, or NULL. */
const char *emu_pairs_get(const struct emu_pairs *pairs, const char *name);
/* By name, then by value, in byte order. */
void emu_pairs_sort(struct emu_pairs *pairs);
/* Appends the decoded parameters of an urlencoded text; false when an escape in it is broken. */
bool emu_pairs_parse_query(struct emu_pairs *pairs, const char *query);
void emu_pairs_done(struct emu_pairs *pairs);

#endif
