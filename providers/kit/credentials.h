/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The steps from a recipe to keys: the machine behind the credentials_step of each cloud. The
 * differences between the clouds are in a struct kit_cloud.
 */
#ifndef ENSURE_KIT_CREDENTIALS_H
#define ENSURE_KIT_CREDENTIALS_H

#include "kit/metadata.h"
#include "kit/recipe.h"

#define KIT_SESSION_NAME "ensure"            /* default name of a role's session */
#define KIT_DURATION_S   3600                /* default life of a role's keys */
#define KIT_TOKEN_MAX    ((size_t)16 * 1024) /* bytes of an identity token */

struct kit_cloud {
    /* The endpoint of STS. */
    ens_str (*sts_endpoint)(const struct ens_memory *memory, const struct kit_sts_place *place);
    /* For the signature of a request to it. */
    ens_str sts_region;
    ens_str sts_service;

    /* Builds AssumeRole. Returns an empty text, or a clause that says why the role can't be. */
    ens_str (*role_request)(const struct ens_memory *memory, const struct kit_role *role,
                            struct ens_http_request *ret);
    struct kit_keys_shape role_keys;

    /* Builds AssumeRoleWithOIDC, without a signature; NULL: the cloud has none. */
    void (*oidc_request)(const struct ens_memory *memory, const struct kit_role *role,
                         ens_str identity_provider, ens_str token, int64_t now_unix_s,
                         struct ens_http_request *ret);
    struct kit_keys_shape oidc_keys;

    /* Reads what all replies of the cloud's APIs have. Returns the document of one that was
     * accepted; else NULL, and the answer says why. */
    json_t *(*read_envelope)(const struct ens_memory *memory, const struct ens_http_reply *reply,
                             struct ens_answer *answer);

    struct kit_metadata metadata;
    struct kit_keys_shape uri_keys;     /* of KIT_FROM_URI */
    struct kit_keys_shape command_keys; /* of KIT_FROM_COMMAND */

    /* The file of the command line's login, and its reader, which returns an empty text or a
     * clause; NULL: there are none. */
    ens_str (*login_path)(const struct ens_memory *memory,
                          const struct ens_credentials_input *input, ens_str login);
    ens_str (*read_login)(const struct ens_memory *memory, ens_str text, struct kit_keys *ret);
};

/* The first step for ENS_SOURCE_PROFILE has a struct kit_recipe as its state. */
void kit_credentials_step(const struct kit_cloud *cloud, const struct ens_memory *memory,
                          const struct ens_credentials_input *input,
                          struct ens_credentials_step *ret);

#endif
