/* SPDX-License-Identifier: Apache-2.0 */
/* Where keys of Baidu AI Cloud come from beside variables and profile files: metadata and roles. */
#ifndef ENSURE_BAIDU_CREDENTIALS_H
#define ENSURE_BAIDU_CREDENTIALS_H

#include "ensure/provider.h"

extern const struct ens_source *const baidu_sources[];

void baidu_credentials_step(const struct ens_memory *memory,
                            const struct ens_credentials_input *input,
                            struct ens_credentials_step *ret);

#endif
