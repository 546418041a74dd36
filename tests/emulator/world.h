#ifndef EMU_WORLD_H
#define EMU_WORLD_H

/* The accounts and instances, read from JSON. README.md documents the form. Access keys stay as
 * they were read for the life of the process; instances change. */

#include "instance.h"
#include "table.h"

#include <jansson.h>

enum emu_key_state { EMU_KEY_ACTIVE, EMU_KEY_INACTIVE, EMU_KEY_TOKEN_EXPIRED };

/* A denied action. */
struct emu_denial {
    const char *action; /* the cloud's constant */
    enum emu_phase phase;
};

/* An access key. Keys with the same account see the same instances. */
struct emu_key {
    enum emu_cloud cloud;
    char *account;
    char *access_key;
    char *secret_key;
    char *security_token; /* NULL for a permanent key */
    enum emu_key_state state;
    struct emu_denial *denials;
    size_t denial_count;
};

struct emu_world {
    json_t *source; /* as read, for emu_world_restore */
    struct emu_key *keys;
    size_t key_count;
    struct emu_instance **instances[EMU_CLOUDS]; /* in the order in which they came */
    size_t instance_count[EMU_CLOUDS];
    struct emu_table by_id[EMU_CLOUDS];
    struct emu_table regions[EMU_CLOUDS]; /* known regions: those listed, and those of instances */
};

/* Reads a world. `name` is how messages call it. On failure ret_error is one sentence (freed by the
 * caller) and the world is empty. */
bool emu_world_load(struct emu_world *world, const char *name, const char *text, size_t len,
                    char **ret_error);
/* Puts all instances back as they were read. */
void emu_world_restore(struct emu_world *world);
/* Creates or changes one instance: only the members in `json` change; "deleted": true removes it.
 * `where` begins the sentence of an error. */
bool emu_world_put(struct emu_world *world, const char *where, json_t *json, char **ret_error);
void emu_world_done(struct emu_world *world);

/* NULL when unknown. */
const struct emu_key *emu_world_key(const struct emu_world *world, enum emu_cloud cloud,
                                    const char *access_key);
bool emu_key_denies(const struct emu_key *key, const char *action, bool dry_run);
/* The instance that such a caller can see; region NULL for any. */
struct emu_instance *emu_world_find(const struct emu_world *world, enum emu_cloud cloud,
                                    const char *account, const char *region, const char *id);
bool emu_world_has_region(const struct emu_world *world, enum emu_cloud cloud, const char *region);

#endif
