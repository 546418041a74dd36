/* SPDX-License-Identifier: Apache-2.0 */
/* Which settings of a cloud go together. Pure; the values themselves are not looked at, so that a
 * front end can check settings some of which are not known yet. */
#ifndef ENSURE_CREDENTIALS_SETTINGS_RULES_H
#define ENSURE_CREDENTIALS_SETTINGS_RULES_H

#include "base/diag.h"
#include "base/host.h"

enum ens_presence {
    ENS_PRESENCE_UNSET,
    ENS_PRESENCE_UNKNOWN, /* decided later: breaks no rule */
    ENS_PRESENCE_SET,
};

/* Tells whether a setting is set, by its name of ens_setting_rows, or a block of settings, by what
 * its members have before the point. */
struct ens_presences {
    enum ens_presence (*get)(const void *ud, const char *name);
    const void *ud;
};

/* Adds a diagnostic, "alibaba.assume_role.role", for the first rule that is broken. */
ens_rc ens_settings_rules_check(const struct ens_provider *provider,
                                const struct ens_presences *presences, struct ens_diags *diags);

#endif
