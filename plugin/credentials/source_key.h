/* SPDX-License-Identifier: Apache-2.0 */
/* What identifies an account: not its keys, which change, but everything that decides where they
 * come from. */
#ifndef ENSURE_CREDENTIALS_SOURCE_KEY_H
#define ENSURE_CREDENTIALS_SOURCE_KEY_H

#include "base/host.h"
#include "base/secret.h"
#include "credentials/settings.h"

/* The settings of the cloud but region and endpoint, and the names and values of the variables that
 * its provider's sources go by. Equal for two sets of settings if their keys are found in the same
 * way. Keys among the settings and values make it a secret. settings may be NULL. */
struct ens_secret ens_source_key(const struct ens_provider *provider,
                                 const struct ens_cloud_settings *settings,
                                 const struct ens_environment *environment);

#endif
