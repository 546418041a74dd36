/* SPDX-License-Identifier: Apache-2.0 */
#include "world.h"

#include "list.h"

#include <string.h>

void emu_world_init(struct emu_world *world)
{
    *world = (struct emu_world){.arena = ens_arena_new()};
    for (int cloud = 0; cloud < EMU_CLOUDS; cloud++) {
        world->by_id[cloud] = json_object();
        world->regions[cloud] = json_object();
    }
}

void emu_world_clear(struct emu_world *world)
{
    for (int cloud = 0; cloud < EMU_CLOUDS; cloud++) {
        for (size_t i = 0; i < world->instance_count[cloud]; i++) {
            emu_instance_done(world->instances[cloud][i]);
            ens_free(world->instances[cloud][i]);
        }
        ens_free(world->instances[cloud]);
        world->instances[cloud] = NULL;
        world->instance_count[cloud] = 0;
        json_object_clear(world->by_id[cloud]);
        json_object_clear(world->regions[cloud]);
    }
}

void emu_world_done(struct emu_world *world)
{
    emu_world_clear(world);
    for (int cloud = 0; cloud < EMU_CLOUDS; cloud++) {
        json_decref(world->by_id[cloud]);
        json_decref(world->regions[cloud]);
    }
    ens_arena_free(world->arena);
    json_decref(world->source);
    *world = (struct emu_world){0};
}

struct emu_key *emu_world_add_key(struct emu_world *world)
{
    world->keys = ens_arena_grow(world->arena, world->keys, world->key_count, sizeof(*world->keys));
    struct emu_key *key = &world->keys[world->key_count++];
    *key = (struct emu_key){0};
    return key;
}

struct emu_role *emu_world_add_role(struct emu_world *world)
{
    world->roles =
        ens_arena_grow(world->arena, world->roles, world->role_count, sizeof(*world->roles));
    struct emu_role *role = &world->roles[world->role_count++];
    *role = (struct emu_role){0};
    return role;
}

const struct emu_role *emu_world_role(const struct emu_world *world, enum emu_cloud cloud,
                                      ens_str name)
{
    for (size_t i = 0; i < world->role_count; i++) {
        const struct emu_role *role = &world->roles[i];
        if (role->cloud == cloud && ens_str_eq(role->name, name)) {
            return role;
        }
    }
    return NULL;
}

const struct emu_key *emu_world_key(const struct emu_world *world, enum emu_cloud cloud,
                                    ens_str access_key)
{
    for (size_t i = 0; i < world->key_count; i++) {
        const struct emu_key *key = &world->keys[i];
        if (key->cloud == cloud && ens_str_eq(key->access_key, access_key)) {
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

static json_t *get(const json_t *object, ens_str name)
{
    return name.len == 0 ? NULL : json_object_getn(object, name.ptr, name.len);
}

struct emu_instance *emu_world_get(const struct emu_world *world, enum emu_cloud cloud, ens_str id)
{
    const json_t *index = get(world->by_id[cloud], id);
    return index == NULL ? NULL : world->instances[cloud][json_integer_value(index)];
}

struct emu_instance *emu_world_find(const struct emu_world *world, enum emu_cloud cloud,
                                    ens_str account, ens_str region, ens_str id)
{
    struct emu_instance *instance = emu_world_get(world, cloud, id);
    return instance != NULL && emu_world_shows(instance, account, region) ? instance : NULL;
}

bool emu_world_shows(const struct emu_instance *instance, ens_str account, ens_str region)
{
    return !instance->gone && ens_str_is(account, instance->account) &&
           (region.ptr == NULL || ens_str_is(region, instance->region));
}

bool emu_world_has_region(const struct emu_world *world, enum emu_cloud cloud, ens_str region)
{
    return get(world->regions[cloud], region) != NULL;
}

void emu_world_add_region(struct emu_world *world, enum emu_cloud cloud, const char *region)
{
    json_object_set_new(world->regions[cloud], region, json_true());
}

void emu_world_set(struct emu_world *world, struct emu_instance *draft)
{
    enum emu_cloud cloud = draft->cloud;
    struct emu_instance *instance = emu_world_get(world, cloud, ens_str_of(draft->id));
    if (instance != NULL) {
        emu_instance_done(instance);
    } else {
        size_t count = world->instance_count[cloud]++;
        instance = ens_alloc(sizeof(*instance));
        world->instances[cloud] =
            emu_grow(world->instances[cloud], count, sizeof(struct emu_instance *));
        world->instances[cloud][count] = instance;
        json_object_set_new(world->by_id[cloud], draft->id, json_integer((json_int_t)count));
    }
    *instance = *draft;
    *draft = (struct emu_instance){0};
    emu_world_add_region(world, cloud, instance->region);
}
