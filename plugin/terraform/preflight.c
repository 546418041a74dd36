/* SPDX-License-Identifier: Apache-2.0 */
#include "terraform/preflight.h"

#include "core/quote.h"

static const char *const words[] = {
    [ENS_TF_PREFLIGHT_ENFORCE] = "enforce",
    [ENS_TF_PREFLIGHT_WARN] = "warn",
    [ENS_TF_PREFLIGHT_OFF] = "off",
};

ens_rc ens_tf_preflight_parse(ens_str text, const char *where, enum ens_tf_preflight *ret,
                              struct ens_diags *diags)
{
    for (size_t i = 0; i < ENS_COUNT(words); i++) {
        if (ens_str_is(text, words[i])) {
            *ret = (enum ens_tf_preflight)i;
            return ENS_OK;
        }
    }
    return ens_fail(diags, ENS_INVALID, where,
                    "preflight is \"enforce\", \"warn\" or \"off\"; found \"%s\"",
                    ens_quoted(text).text);
}
