/* SPDX-License-Identifier: Apache-2.0 */
#include "kit/recipe.h"

#include "kit/text.h"

static ens_str either(ens_str first, ens_str second)
{
    return first.len > 0 ? first : second;
}

bool kit_switched_on(const struct ens_credentials_input *input, enum kit_use use)
{
    const ens_str value = input->values[use];

    return value.len > 0 && !kit_is_nocase(value, "false") && !kit_is(value, "0");
}

/* "FAKE_ROLE is not set", of a variable that the source has. */
static ens_str not_set(const struct ens_memory *memory, const struct ens_credentials_input *input,
                       enum kit_use use)
{
    return KIT_CONCAT(memory, kit_str(input->names[use]), KIT_STR(" is not set"));
}

static struct kit_sts_place place_of(const struct ens_credentials_input *input)
{
    return (struct kit_sts_place){
        .host = input->values[KIT_USE_STS_HOST],
        .region = input->values[KIT_USE_STS_REGION],
        .is_private = kit_switched_on(input, KIT_USE_STS_PRIVATE),
    };
}

/* The role as the variables have it. */
static struct kit_role role_of(const struct ens_credentials_input *input)
{
    const int64_t duration = kit_number(input->values[KIT_USE_DURATION]);

    return (struct kit_role){
        .role = input->values[KIT_USE_ROLE],
        .session_name = input->values[KIT_USE_SESSION_NAME],
        .policy = input->values[KIT_USE_POLICY],
        .duration_s = duration > 0 ? duration : 0,
    };
}

/* ---- OIDC ------------------------------------------------------------------------------------ */

static void set_token(const struct ens_memory *memory, const struct ens_credentials_input *input,
                      struct kit_recipe *ret)
{
    const struct ens_oidc_settings *oidc = input->oidc;

    if (oidc != NULL && oidc->token.len > 0) {
        ret->token_text = oidc->token;
        ret->token_words = KIT_STR("OIDC token of the settings");
    } else if (oidc != NULL && oidc->token_file.len > 0) {
        ret->token_file = oidc->token_file;
    } else if (input->values[KIT_USE_TOKEN].len > 0) {
        ret->token_text = input->values[KIT_USE_TOKEN];
        ret->token_words =
            KIT_CONCAT(memory, KIT_STR("OIDC token in "), kit_str(input->names[KIT_USE_TOKEN]));
    } else if (input->values[KIT_USE_TOKEN_FILE].len > 0) {
        ret->token_file = input->values[KIT_USE_TOKEN_FILE];
    } else if (input->values[KIT_USE_TOKEN_URL].len > 0 &&
               input->values[KIT_USE_TOKEN_URL_KEY].len > 0) {
        ret->token_url = input->values[KIT_USE_TOKEN_URL];
        ret->token_url_key = input->values[KIT_USE_TOKEN_URL_KEY];
        ret->audience = input->values[KIT_USE_AUDIENCE];
        ret->token_words = KIT_STR("OIDC token of GitHub");
    }
}

static bool oidc_recipe(const struct ens_memory *memory, const struct ens_credentials_input *input,
                        struct kit_recipe *ret, ens_str *ret_why)
{
    const struct ens_oidc_settings *oidc = input->oidc;
    const bool needs_provider = input->names[KIT_USE_IDENTITY_PROVIDER] != NULL;

    ret->from = KIT_FROM_OIDC;
    ret->oidc_role = role_of(input);
    ret->identity_provider = input->values[KIT_USE_IDENTITY_PROVIDER];
    if (oidc != NULL) {
        ret->oidc_role = (struct kit_role){
            .role = either(oidc->role, ret->oidc_role.role),
            .session_name = either(oidc->session_name, ret->oidc_role.session_name),
            .policy = either(oidc->policy, ret->oidc_role.policy),
            .duration_s = oidc->duration_s > 0 ? oidc->duration_s : ret->oidc_role.duration_s,
        };
        ret->identity_provider = either(oidc->provider, ret->identity_provider);
    }
    set_token(memory, input, ret);
    if (ret->oidc_role.role.len == 0) {
        *ret_why = oidc != NULL ? KIT_STR("assume_role_with_oidc has no role")
                                : not_set(memory, input, KIT_USE_ROLE);
        return false;
    }
    if (needs_provider && ret->identity_provider.len == 0) {
        *ret_why = oidc != NULL ? KIT_STR("assume_role_with_oidc has no provider")
                                : not_set(memory, input, KIT_USE_IDENTITY_PROVIDER);
        return false;
    }
    if (ret->token_text.len == 0 && ret->token_file.len == 0 && ret->token_url.len == 0) {
        *ret_why = oidc != NULL ? KIT_STR("assume_role_with_oidc has no token and no token_file")
                                : not_set(memory, input, KIT_USE_TOKEN_FILE);
        return false;
    }
    return true;
}

/* ---- the other sources ----------------------------------------------------------------------- */

static bool metadata_recipe(const struct ens_memory *memory,
                            const struct ens_credentials_input *input, struct kit_recipe *ret,
                            ens_str *ret_why)
{
    ret->from = KIT_FROM_METADATA;
    ret->metadata_role = either(input->metadata_role, input->values[KIT_USE_METADATA_ROLE]);
    ret->named = ret->metadata_role.len > 0;
    if (kit_switched_on(input, KIT_USE_METADATA_OFF)) {
        *ret_why = KIT_CONCAT(memory, KIT_STR("switched off by "),
                              kit_str(input->names[KIT_USE_METADATA_OFF]));
        return false;
    }
    return true;
}

static bool uri_recipe(const struct ens_memory *memory, const struct ens_credentials_input *input,
                       struct kit_recipe *ret, ens_str *ret_why)
{
    ret->from = KIT_FROM_URI;
    ret->uri = input->values[KIT_USE_URI];
    if (ret->uri.len == 0) {
        *ret_why = not_set(memory, input, KIT_USE_URI);
        return false;
    }
    return true;
}

static bool role_recipe(const struct ens_memory *memory, const struct ens_credentials_input *input,
                        struct kit_recipe *ret, ens_str *ret_why)
{
    const struct ens_role_settings *role = input->role;
    const struct kit_role by_variables = role_of(input);

    ret->from = KIT_FROM_KEYS;
    ret->keys.identity = *input->identity;
    ret->role_count = 1;
    ret->roles[0] = (struct kit_role){
        .role = either(role->role, by_variables.role),
        .session_name = either(role->session_name, by_variables.session_name),
        .policy = either(role->policy, by_variables.policy),
        .external_id = role->external_id,
        .duration_s = role->duration_s > 0 ? role->duration_s : by_variables.duration_s,
    };
    if (ret->roles[0].role.len == 0) {
        *ret_why = not_set(memory, input, KIT_USE_ROLE);
        return false;
    }
    return true;
}

bool kit_recipe_of_source(const struct ens_memory *memory,
                          const struct ens_credentials_input *input, struct kit_recipe *ret,
                          ens_str *ret_why)
{
    *ret = (struct kit_recipe){.named = true, .sts = place_of(input)};
    switch (input->source->kind) {
    case ENS_SOURCE_OIDC:
        return oidc_recipe(memory, input, ret, ret_why);
    case ENS_SOURCE_METADATA:
        return metadata_recipe(memory, input, ret, ret_why);
    case ENS_SOURCE_URI:
        return uri_recipe(memory, input, ret, ret_why);
    case ENS_SOURCE_ROLE:
        return role_recipe(memory, input, ret, ret_why);
    default:
        *ret_why = KIT_STR("it has no steps");
        return false;
    }
}

void kit_recipe_complete(const struct ens_credentials_input *input, struct kit_recipe *recipe)
{
    const struct kit_sts_place place = place_of(input);
    const ens_str session_name = input->values[KIT_USE_SESSION_NAME];

    recipe->sts = (struct kit_sts_place){
        .host = either(recipe->sts.host, place.host),
        .region = either(recipe->sts.region, place.region),
        .is_private = recipe->sts.is_private || place.is_private,
    };
    recipe->oidc_role.session_name = either(recipe->oidc_role.session_name, session_name);
    for (size_t i = 0; i < recipe->role_count; i++) {
        recipe->roles[i].session_name = either(recipe->roles[i].session_name, session_name);
    }
}
