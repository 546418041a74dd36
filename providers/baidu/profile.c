/* SPDX-License-Identifier: Apache-2.0 */
#include "baidu/profile.h"

#include "kit/profile.h"

/* ~/.bce/config.json */
static void read_config(const struct ens_memory *memory, ens_str text, ens_str asked,
                        struct ens_profile *ret)
{
    static const struct kit_mode modes[] = {{"AK", KIT_FROM_KEYS, false, NULL},
                                            {"StsToken", KIT_FROM_KEYS, false, NULL},
                                            {NULL, KIT_FROM_KEYS, false, NULL}};
    static const struct kit_profile_shape shape = {
        .access_key = "access_key_id",
        .secret_key = "secret_access_key",
        .security_token = "security_token",
        .region = "region",
        .mode = "mode",
        .modes = modes,
    };

    kit_profile_read_json(memory, text, asked, &shape, ret);
}

static const struct ens_profile_file config = {
    .struct_size = sizeof(config),
    .home_path = ".bce/config.json",
    .read = read_config,
};

const struct ens_profile_file *const baidu_profile_files[] = {&config, NULL};
