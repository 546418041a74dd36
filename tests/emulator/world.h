/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EMU_WORLD_H
#define EMU_WORLD_H

/* The accounts, roles and instances, read from JSON. README.md documents the format. Access keys
 * and roles are immutable after loading; instances change. */

#include "instance.h"

#include "base/arena.h"
#include "base/diag.h"

#include <jansson.h>

enum emu_key_state { EMU_KEY_ACTIVE, EMU_KEY_INACTIVE, EMU_KEY_TOKEN_EXPIRED };

/* A denied action. */
struct emu_denial {
    const char *action; /* the cloud's constant */
    enum emu_phase phase;
};

/* A token that a role's identity provider has issued. */
struct emu_oidc_token {
    ens_str text;
    int64_t uses; /* how often it is accepted before it has expired; -1: always */
};

/* A role whose keys STS and metadata services hand out. */
struct emu_role {
    enum emu_cloud cloud;
    ens_str name;       /* an ARN, a TRN, or ACCOUNT_ID/ROLE */
    ens_str account_id; /* the parts of the name */
    ens_str short_name;
    ens_str account;   /* the label, as of a key */
    bool restricted;   /* only the assumers may assume it */
    ens_str *assumers; /* access keys, and names of roles */
    size_t assumer_count;
    ens_str external_id; /* that a caller has to give; empty for none */
    ens_str provider;    /* of the tokens; empty where the cloud has no name for it */
    struct emu_oidc_token *tokens;
    size_t token_count;
    ens_str audience; /* GitHub's tokens for this audience are accepted; empty for none */
    int64_t max_duration_s;
    struct emu_denial *denials;
    size_t denial_count;
};

/* What a cloud's metadata service knows. */
struct emu_attachment {
    const struct emu_role **roles;
    size_t role_count;
    bool without_token; /* the service's older version is served too */
};

/* An access key. Keys with the same account see the same instances. */
struct emu_key {
    enum emu_cloud cloud;
    ens_str account;
    ens_str account_id;
    const struct emu_role *role; /* of a temporary key that was handed out; else NULL */
    ens_str access_key;
    ens_str secret_key;
    ens_str security_token; /* empty for a permanent key */
    enum emu_key_state state;
    struct emu_denial *denials;
    size_t denial_count;
};

struct emu_world {
    json_t *source;          /* as read, for emu_world_restore */
    struct ens_arena *arena; /* of the keys and their texts */
    struct emu_key *keys;    /* in the arena */
    size_t key_count;
    struct emu_role *roles; /* in the arena */
    size_t role_count;
    struct emu_attachment attached[EMU_CLOUDS];
    const struct emu_role *uri_role;             /* of the credentials URI, or NULL */
    ens_str github_token;                        /* that GitHub's request URL demands */
    struct emu_instance **instances[EMU_CLOUDS]; /* in the order of the world file */
    size_t instance_count[EMU_CLOUDS];
    json_t *by_id[EMU_CLOUDS];   /* {ID: index into instances} */
    json_t *regions[EMU_CLOUDS]; /* {REGION: true}: listed ones and those of instances */
};

/* Initialises a world without keys and instances. */
void emu_world_init(struct emu_world *world);
void emu_world_done(struct emu_world *world);
/* Removes the instances and regions. */
void emu_world_clear(struct emu_world *world);
/* Adds the instance, or replaces the one of the same cloud and id; takes ownership of the content
 * of `draft`. */
void emu_world_set(struct emu_world *world, struct emu_instance *draft);
void emu_world_add_region(struct emu_world *world, enum emu_cloud cloud, const char *region);
/* A new key, and a new role, to fill in; valid until the next one is added. */
struct emu_key *emu_world_add_key(struct emu_world *world);
struct emu_role *emu_world_add_role(struct emu_world *world);

/* NULL if unknown. */
const struct emu_key *emu_world_key(const struct emu_world *world, enum emu_cloud cloud,
                                    ens_str access_key);
const struct emu_role *emu_world_role(const struct emu_world *world, enum emu_cloud cloud,
                                      ens_str name);
bool emu_key_denies(const struct emu_key *key, const char *action, bool dry_run);
/* The instance of that id, also a deleted one; NULL if unknown. */
struct emu_instance *emu_world_get(const struct emu_world *world, enum emu_cloud cloud, ens_str id);
/* The instance if it is visible to the account; a region with ptr NULL matches any. */
struct emu_instance *emu_world_find(const struct emu_world *world, enum emu_cloud cloud,
                                    ens_str account, ens_str region, ens_str id);
/* Whether the instance is there, and visible to the account. */
bool emu_world_shows(const struct emu_instance *instance, ens_str account, ens_str region);
bool emu_world_has_region(const struct emu_world *world, enum emu_cloud cloud, ens_str region);

#endif
