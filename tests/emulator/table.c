#include "table.h"

#include "text.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

struct emu_table_slot {
    char *key;
    void *value;
};

/* FNV-1a. */
static uint64_t hash_text(const char *text)
{
    uint64_t hash = 14695981039346656037ULL;
    for (; *text != '\0'; text++) {
        hash = (hash ^ (unsigned char)*text) * 1099511628211ULL;
    }
    return hash;
}

static struct emu_table_slot *find_slot(const struct emu_table *table, const char *key)
{
    size_t at = hash_text(key) & (table->cap - 1);
    while (table->slots[at].key != NULL && strcmp(table->slots[at].key, key) != 0) {
        at = (at + 1) & (table->cap - 1);
    }
    return &table->slots[at];
}

static void table_widen(struct emu_table *table)
{
    struct emu_table old = *table;
    table->cap = old.cap == 0 ? 64 : old.cap * 2;
    table->slots = emu_alloc(table->cap * sizeof(*table->slots));
    for (size_t i = 0; i < old.cap; i++) {
        if (old.slots[i].key != NULL) {
            *find_slot(table, old.slots[i].key) = old.slots[i];
        }
    }
    free(old.slots);
}

void *emu_table_get(const struct emu_table *table, const char *key)
{
    return table->cap == 0 ? NULL : find_slot(table, key)->value;
}

void emu_table_put(struct emu_table *table, const char *key, void *value)
{
    if (table->count * 2 >= table->cap) {
        table_widen(table);
    }
    struct emu_table_slot *slot = find_slot(table, key);
    if (slot->key == NULL) {
        slot->key = emu_copy(key);
        table->count++;
    }
    slot->value = value;
}

void emu_table_each(const struct emu_table *table,
                    void (*visit)(const char *key, void *value, void *data), void *data)
{
    for (size_t i = 0; i < table->cap; i++) {
        if (table->slots[i].key != NULL) {
            visit(table->slots[i].key, table->slots[i].value, data);
        }
    }
}

void emu_table_done(struct emu_table *table, void (*free_value)(void *))
{
    for (size_t i = 0; i < table->cap; i++) {
        if (table->slots[i].key != NULL && free_value != NULL) {
            free_value(table->slots[i].value);
        }
        free(table->slots[i].key);
    }
    free(table->slots);
    *table = (struct emu_table){0};
}
