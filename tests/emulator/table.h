#ifndef EMU_TABLE_H
#define EMU_TABLE_H

/* A hash table from text to pointer. It owns its keys, never its values, and entries stay. */

#include <stddef.h>

struct emu_table {
    struct emu_table_slot *slots;
    size_t cap; /* a power of two, or 0 */
    size_t count;
};

void *emu_table_get(const struct emu_table *table, const char *key);
/* Sets or replaces. */
void emu_table_put(struct emu_table *table, const char *key, void *value);
/* In no particular order. */
void emu_table_each(const struct emu_table *table,
                    void (*visit)(const char *key, void *value, void *data), void *data);
/* Calls free_value (may be NULL) for every value, and empties the table. */
void emu_table_done(struct emu_table *table, void (*free_value)(void *));

#endif
