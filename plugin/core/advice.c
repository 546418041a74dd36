/* SPDX-License-Identifier: Apache-2.0 */
#include "core/advice.h"

static const char *code_advice(const struct ens_provider *provider, ens_str code)
{
    const struct ens_code_advice_row *row = provider->code_advice;

    for (; row != NULL && row->pattern != NULL; row++) {
        if (code.len > 0 && ens_str_matches(code, ens_str_of(row->pattern))) {
            return row->sentence;
        }
    }
    return NULL;
}

static const char *reason_advice(const struct ens_provider *provider, enum ens_reason reason)
{
    const struct ens_advice_row *row = provider->advice;

    for (; row != NULL && row->sentence != NULL; row++) {
        if (row->reason == (uint32_t)reason) {
            return row->sentence;
        }
    }
    return NULL;
}

ens_str ens_advice_for(const struct ens_provider *provider, enum ens_reason reason,
                       const struct ens_outcome *outcome, enum ens_hint hint)
{
    const bool about_outcome = outcome != NULL && outcome->reason == reason;
    const char *advice = about_outcome ? code_advice(provider, outcome->code) : NULL;

    if (advice == NULL && hint != ENS_HINT_NONE) {
        advice = ens_hint_advice(hint);
    }
    if (advice == NULL) {
        advice = reason_advice(provider, reason);
    }
    return ens_str_of(advice != NULL ? advice : ens_reason_advice(reason));
}
