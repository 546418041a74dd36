#include "world.h"

#include "text.h"
#include "world_read.h"

#include <stdlib.h>
#include <string.h>

const struct emu_key *emu_world_key(const struct emu_world *world, enum emu_cloud cloud,
                                    const char *access_key)
{
    for (size_t i = 0; i < world->key_count; i++) {
        const struct emu_key *key = &world->keys[i];
        if (key->cloud == cloud && strcmp(key->access_key, access_key) == 0) {
            return key;
        }
    }
    return NULL;
}

bool emu_key_denies(const struct emu_key *key, const char *action, bool dry_run)
{
    for (size_t i = 0; i < key->denial_count; i++) {
        const struct emu_denial *denial = &key->denials[i];
        if (strcmp(denial->action, action) == 0 && emu_phase_holds(denial->phase, dry_run)) {
            return true;
        }
    }
    return false;
}

struct emu_instance *emu_world_find(const struct emu_world *world, enum emu_cloud cloud,
                                    const char *account, const char *region, const char *id)
{
    struct emu_instance *instance = emu_table_get(&world->by_id[cloud], id);
    if (instance == NULL || instance->gone || strcmp(instance->account, account) != 0) {
        return NULL;
    }
    return region == NULL || strcmp(instance->region, region) == 0 ? instance : NULL;
}

bool emu_world_has_region(const struct emu_world *world, enum emu_cloud cloud, const char *region)
{
    return emu_table_get(&world->regions[cloud], region) != NULL;
}

void emu_world_set(struct emu_world *world, struct emu_instance *draft)
{
    enum emu_cloud cloud = draft->cloud;
    struct emu_instance *instance = emu_table_get(&world->by_id[cloud], draft->id);
    if (instance != NULL) {
        emu_instance_done(instance);
    } else {
        instance = emu_alloc(sizeof(*instance));
        struct emu_instance **list = world->instances[cloud];
        list = emu_grow(list, world->instance_count[cloud], sizeof(struct emu_instance *));
        list[world->instance_count[cloud]++] = instance;
        world->instances[cloud] = list;
        emu_table_put(&world->by_id[cloud], draft->id, instance);
    }
    *instance = *draft;
    *draft = (struct emu_instance){0};
    emu_table_put(&world->regions[cloud], instance->region, world);
}

static void drop_instances(struct emu_world *world)
{
    for (int cloud = 0; cloud < EMU_CLOUDS; cloud++) {
        for (size_t i = 0; i < world->instance_count[cloud]; i++) {
            emu_instance_done(world->instances[cloud][i]);
            free(world->instances[cloud][i]);
        }
        free(world->instances[cloud]);
        world->instances[cloud] = NULL;
        world->instance_count[cloud] = 0;
        emu_table_done(&world->by_id[cloud], NULL);
        emu_table_done(&world->regions[cloud], NULL);
    }
}

void emu_world_restore(struct emu_world *world)
{
    drop_instances(world);
    char *error = NULL;
    /* It was read without error before. */
    emu_world_read_instances(world, "world", world->source, &error);
    free(error);
}

void emu_world_done(struct emu_world *world)
{
    drop_instances(world);
    for (size_t i = 0; i < world->key_count; i++) {
        struct emu_key *key = &world->keys[i];
        free(key->account);
        free(key->access_key);
        free(key->secret_key);
        free(key->security_token);
        free(key->denials);
    }
    free(world->keys);
    json_decref(world->source);
    *world = (struct emu_world){0};
}
