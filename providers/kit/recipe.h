/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Recipes: how keys are obtained. Every way that a user can describe, in settings, in variables or
 * in a profile file, reduces to one: where the first keys come from, and the roles that are assumed
 * with them, one after the other.
 */
#ifndef ENSURE_KIT_RECIPE_H
#define ENSURE_KIT_RECIPE_H

#include <stdbool.h>

#include "kit/keys.h"

#define KIT_ROLES_MAX 8 /* that are assumed in turn */

/* What a variable of a source means: ens_source_variable.use. */
enum kit_use {
    KIT_USE_ROLE,
    KIT_USE_SESSION_NAME,
    KIT_USE_DURATION, /* seconds */
    KIT_USE_POLICY,
    KIT_USE_STS_HOST,
    KIT_USE_STS_REGION,
    KIT_USE_STS_PRIVATE, /* "true": through the private network */
    KIT_USE_IDENTITY_PROVIDER,
    KIT_USE_TOKEN,
    KIT_USE_TOKEN_FILE,
    KIT_USE_TOKEN_URL,
    KIT_USE_TOKEN_URL_KEY, /* bearer token for the URL */
    KIT_USE_AUDIENCE,
    KIT_USE_METADATA_ROLE,
    KIT_USE_METADATA_OFF,
    KIT_USE_METADATA_V1_OFF, /* not without a token */
    KIT_USE_URI,
    KIT_USE_EXTERNAL_OFF, /* neither commands nor URIs */
    KIT_USE_HOME,
    KIT_USE_CONFIG_FILE, /* of the command line */
    KIT_USE_LOGIN_CACHE, /* directory of the command line's logins */
};

struct kit_role {
    ens_str role;
    ens_str session_name;
    ens_str policy;
    ens_str external_id;
    int64_t duration_s;
};

/* Which STS is asked; what is empty is the cloud's default. */
struct kit_sts_place {
    ens_str host;
    ens_str region;
    bool is_private; /* on the cloud's private network */
};

enum kit_origin {
    KIT_FROM_KEYS, /* they are in the recipe */
    KIT_FROM_OIDC,
    KIT_FROM_METADATA,
    KIT_FROM_COMMAND,
    KIT_FROM_URI,
    KIT_FROM_LOGIN,  /* a file of the command line's logins */
    KIT_FROM_SOURCE, /* in a mode: those of another profile */
};

struct kit_recipe {
    enum kit_origin from;
    bool named; /* by the user: without keys it is an error */

    struct kit_keys keys;
    ens_str stale; /* what to say when the keys, or the login, have expired */

    ens_str token_text; /* an identity token, from the first of these that is not empty */
    ens_str token_file;
    ens_str token_url;
    ens_str token_url_key;
    ens_str audience;
    ens_str token_words; /* where it is from, for people */
    ens_str identity_provider;
    struct kit_role oidc_role;

    ens_str metadata_role;
    ens_str command;
    ens_str uri;
    ens_str login; /* name of the login */

    struct kit_role roles[KIT_ROLES_MAX];
    size_t role_count;
    struct kit_sts_place sts;
};

/* The recipe of a source but a profile, by settings and variables. Returns false if it has none;
 * *ret_why then says what is not set. */
bool kit_recipe_of_source(const struct ens_memory *memory,
                          const struct ens_credentials_input *input, struct kit_recipe *ret,
                          ens_str *ret_why);

/* Fills in what a profile leaves to variables: session names, and which STS is asked. */
void kit_recipe_complete(const struct ens_credentials_input *input, struct kit_recipe *recipe);

/* Whether the variable of a switch turns it on. */
bool kit_switched_on(const struct ens_credentials_input *input, enum kit_use use);

#endif
